using System.Globalization;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Feeds;

/// <summary>How large the events of a feed are, and what of it no rule that ships reads: what a policy could leave out.</summary>
/// <param name="Bytes">All of it.</param>
/// <param name="Reads">Requests with the verbs get, list and watch, which kube-audit-admin leaves out.</param>
/// <param name="Answers">Answers to writes; not those that name what the server made up or complete a patch.</param>
/// <param name="StatusBodies">Bodies of writes to the status of objects.</param>
/// <param name="WatchEnds">The second event of each watch.</param>
/// <param name="Renewals">Leases that machines renew.</param>
public readonly record struct FeedVolume(long Bytes, long Reads, long Answers, long StatusBodies, long WatchEnds, long Renewals)
{
    /// <summary>What could be left out, with its bytes, the most first.</summary>
    public IReadOnlyList<(string What, long Bytes)> Spare =>
    [
        .. new (string What, long Bytes)[]
        {
            ("answers to writes", Answers), ("bodies of status updates", StatusBodies), ("ends of watches", WatchEnds),
            ("renewals of leases", Renewals),
        }.OrderByDescending(static one => one.Bytes),
    ];

    public static FeedVolume operator +(FeedVolume left, FeedVolume right) => new(
        left.Bytes + right.Bytes,
        left.Reads + right.Reads,
        left.Answers + right.Answers,
        left.StatusBodies + right.StatusBodies,
        left.WatchEnds + right.WatchEnds,
        left.Renewals + right.Renewals);

    public static FeedVolume Add(FeedVolume left, FeedVolume right) => left + right;

    /// <summary>The volume of an event.</summary>
    public static FeedVolume Of(AuditEvent audit)
    {
        long bytes = audit.Json.Length;
        ObjectRef target = audit.ObjectRef;
        bool isWatchEnd = audit is { Verb: "watch", Stage: AuditStage.ResponseComplete };
        bool isRenewal = target is { Resource: "leases", Subresource: "" } && audit.Verb is "get" or "update" or "patch"
            && audit.User.Class is not (PrincipalClass.Human or PrincipalClass.LocalAdmin or PrincipalClass.Anonymous);
        bool isRead = audit.Verb == "patch"
            || (audit.Verb == "create" && target.Resource is "pods" or "serviceaccounts" or "subjectaccessreviews");
        return new(
            bytes,
            audit.Verb is "get" or "list" or "watch" ? bytes : 0,
            isRenewal || isRead ? 0 : audit.ResponseObject.Length,
            target.Subresource == "status" ? audit.RequestObject.Length : 0,
            isWatchEnd ? bytes : 0,
            isRenewal ? bytes : 0);
    }

    /// <summary>The numbers as text, for storing.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Bytes},{Reads},{Answers},{StatusBodies},{WatchEnds},{Renewals}");

    /// <summary>Reads the numbers; nothing where the text is none of them.</summary>
    public static FeedVolume Parse(string? text)
    {
        long[] all = [.. (text?.Split(',') ?? []).Select(static part =>
            long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out long one) ? one : 0)];
        return all is [long bytes, long reads, long answers, long status, long ends, long renewals]
            ? new(bytes, reads, answers, status, ends, renewals) : default;
    }
}
