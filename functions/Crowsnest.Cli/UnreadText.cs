using Crowsnest.Core.Intake;

namespace Crowsnest.Cli;

/// <summary>Says why records could not be read, and what to do about it.</summary>
internal static class UnreadText
{
    internal static string Of(QuarantineReason reason) => reason switch
    {
        QuarantineReason.None => "all its records are of other log categories; send kube-audit or kube-audit-admin as well",
        QuarantineReason.Empty => "it is empty",
        QuarantineReason.NotJson => "it is not JSON",
        QuarantineReason.CutJson => "its JSON is cut",
        QuarantineReason.NotAnAuditEvent => "its logs are not audit events",
        QuarantineReason.BadGzip => "its gzip is damaged",
        QuarantineReason.TooLarge => "it unpacks to more than a message may hold",
        QuarantineReason.TooManyRecords => "a message has more records than one may hold",
        QuarantineReason.BatchTooLarge => "its messages together hold more than they may",
        QuarantineReason.GoogleCloudAudit =>
            "these are Google Cloud Audit Logs (GKE, protoPayload), a format of Google's that is not read. GKE gives "
            + "out no audit events as the API server writes them; send those of clusters whose API server has an audit log or webhook",
        _ => "its JSON has no shape that is known",
    };

    /// <summary>The reasons and their numbers, in brackets; empty when there is none.</summary>
    internal static string Summary(IReadOnlyDictionary<QuarantineReason, int> unread) => unread.Count == 0 ? ""
        : $" ({string.Join("; ", unread.Select(static pair => $"{Terminal.Number(pair.Value)}: {Of(pair.Key)}"))})";
}
