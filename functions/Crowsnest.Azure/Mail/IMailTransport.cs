using Crowsnest.Azure.Channels;
using Crowsnest.Core.Alerting;

namespace Crowsnest.Azure.Mail;

/// <summary>A way for mails to leave.</summary>
public interface IMailTransport
{
    /// <summary>True when a mail that is sent twice arrives once.</summary>
    bool MayRepeat { get; }

    /// <summary>True when a mail can show the pictures that come with it.</summary>
    bool ShowsPictures { get; }

    /// <summary>Sends a mail. Failures are results; only giving up throws.</summary>
    Task<Delivery> SendAsync(AlertMail mail, CancellationToken cancellationToken);
}
