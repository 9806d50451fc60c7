using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Alerts;

/// <summary>Makes the links by which whoever reads an alert sees its evidence and answers it.</summary>
public sealed class AnswerLinks(
    LinkKey key,
    IConfiguration configuration,
    IOptions<CrowsnestOptions> options,
    IOptions<ConsoleOptions> console,
    TimeProvider clock)
{
    /// <summary>Route of the page.</summary>
    public const string Route = "answer";

    private const string Path = "/api/" + Route;

    // Set by App Service and the Functions platform.
    private const string HostName = "WEBSITE_HOSTNAME";

    /// <summary>Where the console is; null when nobody can sign in there, or the app does not know its own address.</summary>
    public Uri? Console => Address.Length > 0 && console.Value.IsOpen(configuration) ? new Uri(Address + ConsoleOptions.Path) : null;

    // Empty when it is not known.
    private string Address => options.Value.PublicUrl.Length > 0 ? options.Value.PublicUrl.TrimEnd('/')
        : configuration[HostName] is { Length: > 0 } host ? $"https://{host}" : "";

    /// <summary>Links about an incident, or null when the app does not know its own address.</summary>
    public async Task<AlertLinks?> OfAsync(Incident incident, CancellationToken cancellationToken)
    {
        string address = Address;
        if (address.Length == 0)
        {
            return null;
        }

        TicketSigner signer = await key.SignerAsync(cancellationToken);
        long expires = clock.GetUtcNow().AddDays(options.Value.AnswerDays).ToUnixTimeSeconds();
        return new AlertLinks(Link(null), Link(Answer.Attack), Link(Answer.Expected), Link(Answer.Suppress))
        {
            Console = Console is null ? null : new Uri(address + ConsoleOptions.AddressOf(incident)),
        };

        Uri Link(Answer? answer)
        {
            AnswerTicket ticket = new(incident.Cluster, incident.Day, incident.Id, answer, expires);
            return new Uri($"{address}{Path}?t={signer.Sign(ticket)}");
        }
    }
}
