using Crowsnest.Azure.Mail;
using Crowsnest.Core.Alerting;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Channels;

/// <summary>Sends alerts as mails.</summary>
public sealed class MailChannel(IMailTransport transport, IOptions<MailOptions> options) : IAlertChannel
{
    public const string ChannelName = "mail";

    public string Name => ChannelName;

    public AlertRoute Route { get; } = options.Value.Route.ToRoute();

    public bool MayRepeat => transport.MayRepeat;

    public Task<Delivery> SendAsync(AlertContent alert, CancellationToken cancellationToken) =>
        transport.SendAsync(AlertMail.Of(alert), cancellationToken);
}
