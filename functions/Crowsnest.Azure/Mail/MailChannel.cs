using Crowsnest.Azure.Channels;
using Crowsnest.Core.Alerting;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Mail;

/// <summary>Sends alerts as mails.</summary>
public sealed class MailChannel(IMailTransport transport, IOptions<MailOptions> options) : IAlertChannel
{
    public string Name => IAlertChannel.MailName;

    public AlertRoute Route { get; } = options.Value.Route.ToRoute();

    public bool MayRepeat => transport.MayRepeat;

    public Task<Delivery> SendAsync(AlertContent alert, CancellationToken cancellationToken) =>
        transport.SendAsync(AlertMail.Of(alert), cancellationToken);
}
