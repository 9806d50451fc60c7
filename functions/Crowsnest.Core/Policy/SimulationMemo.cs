using System.Runtime.CompilerServices;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Policy;

/// <summary>
/// Remembers what a policy says of requests like this one, and what they count to: machines do the same thing all day. Parts are
/// compared by reference, because the parser gives equal ones the same object while it remembers them. Direct-mapped, so memory stays
/// bounded. Not thread-safe.
/// </summary>
internal sealed class SimulationMemo
{
    private const int SlotBits = 14;

    private readonly Entry?[] _slots = new Entry?[1 << SlotBits];

    /// <summary>What is known of requests like this one, or null.</summary>
    internal Entry? Find(AuditEvent audit) => _slots[Slot(audit)] is { } entry && entry.IsLike(audit) ? entry : null;

    internal Entry Keep(AuditEvent audit, Entry entry)
    {
        // Other paths are not in the key, and whom a review is about stands in its body.
        if (audit.ObjectRef.Resource.Length > 0 && audit.Review is null)
        {
            _slots[Slot(audit)] = entry;
        }

        return entry;
    }

    private static int Slot(AuditEvent audit) => (int)((uint)HashCode.Combine(
        RuntimeHelpers.GetHashCode(audit.User),
        RuntimeHelpers.GetHashCode(audit.ObjectRef),
        audit.Verb.Length == 0 ? 0 : (audit.Verb.Length << 8) ^ audit.Verb[0]) >> (32 - SlotBits));

    internal sealed class Entry(AuditEvent audit, PolicyDecision decision, Volume[] volumes, string leak, string kind)
    {
        private readonly AuditUser _user = audit.User;
        private readonly AuditUser? _impersonated = audit.ImpersonatedUser;
        private readonly ObjectRef _target = audit.ObjectRef;
        private readonly string _verb = audit.Verb;
        private readonly AuditLevel _level = audit.Level;
        private string? _shown;
        private string? _shownLeft;

        internal PolicyDecision Decision { get; } = decision;

        /// <summary>What the request counts to.</summary>
        internal Volume[] Volumes { get; } = volumes;

        /// <summary>What the log would hold that it should not, or empty.</summary>
        internal string Leak { get; } = leak;

        internal string Kind { get; } = kind;

        internal bool IsLike(AuditEvent audit) => ReferenceEquals(_user, audit.User) && ReferenceEquals(_target, audit.ObjectRef)
            && ReferenceEquals(_impersonated, audit.ImpersonatedUser) && _level == audit.Level && _verb == audit.Verb
            && audit.Review is null;

        /// <summary>Adds the event to the facts, unless one like it was the last to be added.</summary>
        internal void Show(CaptureFacts facts, AuditEvent audit, bool isLeft)
        {
            string body = BodyState.Of(audit);
            ref string? shown = ref isLeft ? ref _shownLeft : ref _shown;
            if (shown != body)
            {
                shown = body;
                facts.Add(audit);
            }
        }
    }
}
