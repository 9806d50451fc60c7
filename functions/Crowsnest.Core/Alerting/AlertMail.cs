namespace Crowsnest.Core.Alerting;

/// <summary>A rendered mail.</summary>
/// <param name="MessageId">Follows from what it is about, so that a mail sent twice is seen to be the same.</param>
/// <param name="InReplyTo">Message id of the first mail about the same thing, or null.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">The plain-text twin.</param>
/// <param name="Html">A whole HTML document without remote content.</param>
public sealed record AlertMail(string MessageId, string? InReplyTo, string Subject, string Text, string Html)
{
    /// <summary>Content id by which the HTML shows the chart.</summary>
    public const string ChartId = "chart@crowsnest";

    /// <summary>A picture that the HTML shows, PNG, or null.</summary>
    public ReadOnlyMemory<byte>? Chart { get; init; }

    /// <summary>The mail that says the alert.</summary>
    public static AlertMail Of(AlertContent alert) =>
        new(alert.MessageId, alert.InReplyTo, alert.Subject, AlertTextRenderer.Render(alert), AlertHtmlRenderer.Render(alert));
}
