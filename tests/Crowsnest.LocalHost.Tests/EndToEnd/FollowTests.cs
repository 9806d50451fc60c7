using Crowsnest.LocalHost.Replay;
using Crowsnest.Testing;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>A followed log on its way through the hub into the archive, while whoever follows it is killed and started again.</summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed class FollowTests(LocalStackFixture fixture) : IDisposable
{
    private const int Lines = 40;

    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-follow-").FullName;
    private readonly List<string> _written = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Log => Path.Combine(_folder, "audit.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Follow_KilledBetweenTheHubAndThePlace_ArchivesEachLineOnce()
    {
        FollowPlaceFile places = new(_folder, Log, static _ => { });
        await AppendAsync();
        await PollAsync(places);
        byte[] before = await File.ReadAllBytesAsync(places.FileName, Cancellation);
        await AppendAsync();
        await PollAsync(places);

        // As if it had been killed after the hub took lines that came after a quiet time, and before their place was stored; and the
        // log is rotated meanwhile.
        await File.WriteAllBytesAsync(places.FileName, before, Cancellation);
        File.SetLastWriteTimeUtc(places.FileName, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-10));
        await AppendAsync();
        File.Move(Log, Path.Combine(_folder, "audit-2026-11-02T10-00-00.000.log"));
        await AppendAsync();
        await PollAsync(places);
        await Steps.DealtWithAsync(fixture.Stack);

        List<string> archived = await fixture.ArchivedLinesAsync("raw/");
        Assert.Equal(
            _written.Order(StringComparer.Ordinal),
            archived.Where(static line => line.Contains("followed-", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    private async Task AppendAsync()
    {
        string[] lines =
        [
            .. Enumerable.Range(_written.Count, Lines)
                .Select(static i => new EventJson { AuditId = $"followed-{i}", Verb = "get", Code = 200 }.ToString()),
        ];
        _written.AddRange(lines);
        await File.AppendAllLinesAsync(Log, lines, Cancellation);
    }

    // Another process each time: nothing is shared but the files.
    private async Task PollAsync(FollowPlaceFile places)
    {
        await using FollowSender sender = new(fixture.Stack.Emulators.Hub, Log, places, Assert.Fail);
        using FileFollower follower = new(Log, places, sender.SendAsync, static _ => { }, TimeProvider.System)
        {
            Confirm = sender.ConfirmAsync,
        };
        string place = "";
        while (place != (place = (await places.ReadAsync(Cancellation))?.ToString() ?? "")
            || place.Length == 0 || await IsBehindAsync(places))
        {
            await follower.PollAsync(Cancellation);
            await Task.Delay(50, Cancellation);
        }
    }

    private async Task<bool> IsBehindAsync(FollowPlaceFile places) =>
        (await places.ReadAsync(Cancellation))!.Offset != new FileInfo(Log).Length;
}
