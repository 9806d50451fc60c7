using Crowsnest.Core.Alerting;

namespace Crowsnest.Azure.Channels;

/// <summary>A way for alerts to reach people or other systems.</summary>
public interface IAlertChannel
{
    /// <summary>The name of the channel that sends mails; no other may have it.</summary>
    const string MailName = "mail";

    /// <summary>Short and unique; part of keys.</summary>
    string Name { get; }

    /// <summary>Which alerts it gets, and when.</summary>
    AlertRoute Route { get; }

    /// <summary>True when the receiver takes what comes twice for one, by its id.</summary>
    bool MayRepeat { get; }

    /// <summary>Sends an alert. Failures are results; only giving up throws.</summary>
    Task<Delivery> SendAsync(AlertContent alert, CancellationToken cancellationToken);
}
