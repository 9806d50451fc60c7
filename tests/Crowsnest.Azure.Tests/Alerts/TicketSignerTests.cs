using System.Text;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Storage;

namespace Crowsnest.Azure.Tests.Alerts;

public sealed class TicketSignerTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);
    private static readonly AnswerTicket Ticket =
        new("prod", new DateOnly(2026, 11, 2), "abc", Answer.Expected, Now.AddDays(1).ToUnixTimeSeconds());

    private readonly TicketSigner _signer = new(Encoding.UTF8.GetBytes("a key of thirty-two bytes, or so"));

    [Fact]
    public void Read_OwnTicket_GivesItBack() => Assert.Equal(Ticket, _signer.Read(_signer.Sign(Ticket), Now));

    [Fact]
    public void Read_Ended_GivesNothing() => Assert.Null(_signer.Read(_signer.Sign(Ticket), Now.AddDays(1)));

    [Fact]
    public void Read_OfAnotherKey_GivesNothing() =>
        Assert.Null(new TicketSigner(new byte[32]).Read(_signer.Sign(Ticket), Now));

    [Fact]
    public void Read_AnyCharacterChanged_GivesNothing()
    {
        string text = _signer.Sign(Ticket);
        for (int i = 0; i < text.Length; i++)
        {
            char other = text[i] == 'A' ? 'B' : 'A';
            AnswerTicket? read = _signer.Read(string.Concat(text.AsSpan(0, i), other.ToString(), text.AsSpan(i + 1)), Now);

            // Of the last character of Base64 some bits mean nothing.
            Assert.True(read is null || (i == text.Length - 1 && read == Ticket), $"character {i}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.b.c")]
    [InlineData("%%%.%%%")]
    public void Read_Nonsense_GivesNothing(string text) => Assert.Null(_signer.Read(text, Now));
}
