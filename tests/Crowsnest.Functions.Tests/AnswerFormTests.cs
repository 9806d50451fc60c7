using System.Text;
using Crowsnest.Azure;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Feedback;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.Functions.Tests;

/// <summary>
/// Anyone may post to the address of the answers. Of a form nothing is read before the ticket in the address is known to be one
/// of ours, and then no more than a form is long. On real storage.
/// </summary>
public sealed class AnswerFormTests : IClassFixture<AzuriteFixture>, IAsyncDisposable
{
    private const int LargestForm = 32 * 1024;

    private readonly ServiceProvider _services;

    public AnswerFormTests(AzuriteFixture azurite)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(
            [new(StorageClients.HostConnection, azurite.Connection), new("Crowsnest:RulesFolder", RepositoryFiles.Rules)]).Build();
        _services = new ServiceCollection().AddSingleton(configuration).AddLogging().AddCrowsnest(configuration).BuildServiceProvider();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("eyJhIjoxfQ.AAAA")]
    public async Task Post_WithoutATicket_IsRefusedUnread(string ticket)
    {
        CountedBody body = new(200_000_000);

        int status = await PostAsync(ticket, body, body.Length);

        Assert.Equal((StatusCodes.Status403Forbidden, 0), (status, body.Taken));
    }

    [Fact]
    public async Task Post_TicketThatHasEnded_IsRefusedUnread()
    {
        CountedBody body = new(200_000_000);
        string ticket = await TicketAsync(DateTimeOffset.UnixEpoch.AddYears(50));

        int status = await PostAsync(ticket, body, body.Length);

        Assert.Equal((StatusCodes.Status403Forbidden, 0), (status, body.Taken));
    }

    [Theory]
    [InlineData(LargestForm + 1L, StatusCodes.Status413PayloadTooLarge)]
    [InlineData(200_000_000L, StatusCodes.Status413PayloadTooLarge)]
    [InlineData(null, StatusCodes.Status400BadRequest)]
    public async Task Post_MoreThanAForm_IsRefusedUnreadEvenWithATicket(long? says, int expected)
    {
        CountedBody body = new(200_000_000);

        int status = await PostAsync(await TicketAsync(DateTimeOffset.MaxValue), body, says);

        Assert.Equal((expected, 0), (status, body.Taken));
    }

    // What the tests above refuse is not refused for another reason.
    [Fact]
    public async Task Post_FormThatIsLongEnough_IsReadAndRecorded()
    {
        string ticket = await TicketAsync(DateTimeOffset.MaxValue);
        string form = $"t={Uri.EscapeDataString(ticket)}&lead=answered&author=jane&note=";
        CountedBody body = new(form + new string('x', LargestForm - form.Length));

        int status = await PostAsync(ticket, body, body.Length);

        Assert.Equal((StatusCodes.Status200OK, LargestForm), (status, body.Taken));
        Assert.NotEmpty(await _services.GetRequiredService<FeedbackTable>().ReadAsync("answers", Cancellation));
    }

    private async Task<int> PostAsync(string ticket, Stream body, long? length)
    {
        AnswerAlertFunction function = new(
            _services.GetRequiredService<AnswerDesk>(), _services.GetRequiredService<EvidenceReader>());
        DefaultHttpContext context = new() { RequestServices = _services };
        context.Response.Body = new MemoryStream();
        context.Request.Method = HttpMethods.Post;
        context.Request.QueryString = new QueryString($"?t={Uri.EscapeDataString(ticket)}");
        context.Request.ContentType = "application/x-www-form-urlencoded";
        context.Request.ContentLength = length;
        context.Request.Body = body;
        IResult result = await function.RunAsync(context.Request, Cancellation);
        await result.ExecuteAsync(context);
        return context.Response.StatusCode;
    }

    private async Task<string> TicketAsync(DateTimeOffset expires)
    {
        Detection detection = Some.Detection("answered", severity: Severity.High, principal: "jane@example.org") with { Cluster = "answers" };
        Incident incident = Assert.Single(IncidentBuilder.Group([detection]));
        DateOnly day = ActorDay.DayOf(detection.Time);
        await _services.GetRequiredService<IncidentTable>().WriteAsync([incident], Cancellation);
        return (await _services.GetRequiredService<LinkKey>().SignerAsync(Cancellation)).Sign(
            new AnswerTicket("answers", day, incident.Id, Answer.Attack, expires.ToUnixTimeSeconds()));
    }

    /// <summary>Counts what is taken of it.</summary>
    private sealed class CountedBody(byte[]? bytes, long length) : Stream
    {
        internal CountedBody(long length)
            : this(null, length)
        {
        }

        internal CountedBody(string text)
            : this(Encoding.ASCII.GetBytes(text), text.Length)
        {
        }

        internal long Taken { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => Taken; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int read = (int)Math.Min(count, length - Taken);
            (bytes ?? new byte[Taken + read]).AsSpan((int)Taken, read).CopyTo(buffer.AsSpan(offset));
            Taken += read;
            return read;
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            Task.FromResult(Read(buffer, offset, count));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[] some = new byte[buffer.Length];
            int read = Read(some, 0, some.Length);
            some.AsSpan(0, read).CopyTo(buffer.Span);
            return ValueTask.FromResult(read);
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
