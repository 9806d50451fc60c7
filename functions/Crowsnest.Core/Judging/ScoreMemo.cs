using System.Runtime.CompilerServices;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Core.Judging;

/// <summary>
/// Remembers scores: machines do the same thing all day. Everything that a score depends on is in the key, except bodies;
/// events whose body counts are never remembered. Parts are compared by reference, because the parser gives equal ones the
/// same object while it remembers them. Direct-mapped, so memory stays bounded. Not thread-safe.
/// </summary>
internal sealed class ScoreMemo
{
    private const int Slots = 1 << 13;

    private readonly Entry[] _slots = new Entry[Slots];

    internal bool TryFind(AuditEvent audit, out AnomalyScore score)
    {
        ref Entry entry = ref _slots[Slot(audit)];
        score = entry.Score;
        return ReferenceEquals(entry.User, audit.User)
            && ReferenceEquals(entry.Target, audit.ObjectRef)
            && ReferenceEquals(entry.Impersonated, audit.ImpersonatedUser)
            && entry.Code == audit.ResponseCode
            && entry.PartOfWeek == TraitText.PartOfWeek(audit.Time)
            && entry.Verb == audit.Verb
            && entry.Client == audit.ClientAddress
            && entry.UserAgent == audit.UserAgent
            && IsRemembered(audit);
    }

    internal void Remember(AuditEvent audit, AnomalyScore score)
    {
        if (IsRemembered(audit))
        {
            _slots[Slot(audit)] = new Entry(
                audit.User,
                audit.ObjectRef,
                audit.ImpersonatedUser,
                audit.Verb,
                audit.ClientAddress,
                audit.UserAgent,
                audit.ResponseCode,
                TraitText.PartOfWeek(audit.Time),
                score);
        }
    }

    // Other URLs count by their path, which is not in the key; whom a review is about stands in its body.
    private static bool IsRemembered(AuditEvent audit) => audit.ObjectRef.Resource.Length > 0 && !BodyRisk.IsRead(audit)
        && audit.Review is null;

    private static int Slot(AuditEvent audit)
    {
        int hash = RuntimeHelpers.GetHashCode(audit.User);
        hash = (hash * 31) + RuntimeHelpers.GetHashCode(audit.ObjectRef);
        hash = (hash * 31) + audit.Verb.Length + (audit.ResponseCode << 8);
        hash = (hash * 31) + audit.UserAgent.Length + (TraitText.PartOfWeek(audit.Time) << 8);
        return (int)((uint)(hash * 0x2545F491) >> 19) & (Slots - 1);
    }

    private readonly record struct Entry(
        AuditUser? User,
        ObjectRef? Target,
        AuditUser? Impersonated,
        string? Verb,
        string? Client,
        string? UserAgent,
        int Code,
        int PartOfWeek,
        AnomalyScore Score);
}
