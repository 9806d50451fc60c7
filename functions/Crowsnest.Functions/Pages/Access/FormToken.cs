using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Crowsnest.Azure.Alerts;

namespace Crowsnest.Functions.Pages.Access;

/// <summary>
/// What a form must bring back to be taken: signed for one visitor and some hours, so that no other page can post in their name. Any
/// instance of the app can check it.
/// </summary>
internal sealed class FormToken(LinkKey key, TimeProvider clock)
{
    internal const string Field = "token";

    private static readonly TimeSpan Lasts = TimeSpan.FromHours(12);

    /// <summary>A token for a visitor's forms.</summary>
    internal async Task<string> CreateAsync(Visitor visitor, CancellationToken cancellationToken)
    {
        long until = clock.GetUtcNow().Add(Lasts).ToUnixTimeSeconds();
        string mac = await MacAsync(visitor, until, cancellationToken);
        return string.Create(CultureInfo.InvariantCulture, $"{until}.{mac}");
    }

    /// <summary>True when a token was made for this visitor and has not ended.</summary>
    internal async Task<bool> IsGoodAsync(string token, Visitor visitor, CancellationToken cancellationToken)
    {
        string[] parts = token.Split('.');
        if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long until)
            || until <= clock.GetUtcNow().ToUnixTimeSeconds())
        {
            return false;
        }

        string mac = await MacAsync(visitor, until, cancellationToken);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(parts[1]), Encoding.UTF8.GetBytes(mac));
    }

    private async Task<string> MacAsync(Visitor visitor, long until, CancellationToken cancellationToken) =>
        (await key.SignerAsync(cancellationToken)).Seal(
            string.Create(CultureInfo.InvariantCulture, $"form\n{until}\n{visitor.Role}\n{visitor.Name}"));
}
