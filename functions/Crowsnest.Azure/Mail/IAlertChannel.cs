using Crowsnest.Core.Alerting;

namespace Crowsnest.Azure.Mail;

/// <summary>A way for alerts to reach people.</summary>
public interface IAlertChannel
{
    /// <summary>Sends a mail. Throws when it was not accepted; the queue then tries again.</summary>
    Task SendAsync(AlertMail mail, CancellationToken cancellationToken);
}
