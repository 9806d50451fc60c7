namespace Crowsnest.Core.Alerting;

/// <summary>A rendered alert.</summary>
/// <param name="MessageId">Follows from the incident, so that a mail sent twice is seen to be the same.</param>
/// <param name="InReplyTo">Message id of the first mail about the incident, or null.</param>
/// <param name="Subject">One line.</param>
/// <param name="Text">The plain-text twin.</param>
/// <param name="Html">A whole HTML document without remote content.</param>
public sealed record AlertMail(string MessageId, string? InReplyTo, string Subject, string Text, string Html);
