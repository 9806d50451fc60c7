using System.Runtime.CompilerServices;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Judging;

/// <summary>
/// Remembers which rules may match events like this one: machines do the same thing all day. Users, sources, outcomes and
/// annotations are compared by reference, because the parser gives equal ones the same object while it remembers them.
/// Direct-mapped, so memory stays bounded. Not thread-safe.
/// </summary>
internal sealed class CandidateMemo(RuleSet rules, Severity lowest)
{
    private const int SlotBits = 14;

    private readonly Entry[] _slots = new Entry[1 << SlotBits];

    internal SigmaRule[] Of(AuditEvent audit)
    {
        ref Entry entry = ref _slots[Slot(audit)];
        if (!entry.IsLike(audit))
        {
            using EventView view = new(audit);
            entry = new Entry(audit, rules.Candidates(view, lowest));
        }

        return entry.Candidates!;
    }

    // All that recurs in other company goes in: what takes turns with something else would push it out each time.
    private static int Slot(AuditEvent audit) => (int)((uint)HashCode.Combine(
        RuntimeHelpers.GetHashCode(audit.User),
        RuntimeHelpers.GetHashCode(audit.Sources),
        RuntimeHelpers.GetHashCode(audit.Outcome),
        RuntimeHelpers.GetHashCode(audit.Annotations),
        Mix(audit.ObjectRef.Resource),
        Mix(audit.ObjectRef.Namespace),
        Mix(audit.Verb),
        Mix(audit.UserAgent) + State(audit)) >> (32 - SlotBits));

    private static int Mix(string text) => text.Length == 0 ? 0 : (text.Length << 16) ^ (text[0] << 8) ^ text[^1];

    // What the body says is not remembered, but whether there is one decides which rules may match.
    private static int State(AuditEvent audit) =>
        (int)audit.Stage | ((int)audit.Level << 4) | (audit.Truncated ? 1 << 8 : 0) | (audit.RequestObject.IsEmpty ? 0 : 1 << 9);

    private readonly struct Entry(AuditEvent audit, SigmaRule[] candidates)
    {
        private readonly AuditUser? _user = audit.User;
        private readonly AuditUser? _impersonated = audit.ImpersonatedUser;
        private readonly string? _principal = audit.Principal;
        private readonly SourceAddresses? _sources = audit.Sources;
        private readonly Outcome? _outcome = audit.Outcome;
        private readonly IReadOnlyList<KeyValuePair<string, string>>? _annotations = audit.Annotations;
        private readonly string? _resource = audit.ObjectRef.Resource;
        private readonly string? _subresource = audit.ObjectRef.Subresource;
        private readonly string? _namespace = audit.ObjectRef.Namespace;
        private readonly string? _group = audit.ObjectRef.ApiGroup;
        private readonly string? _version = audit.ObjectRef.ApiVersion;
        private readonly string? _verb = audit.Verb;
        private readonly string? _userAgent = audit.UserAgent;
        private readonly int _state = State(audit);

        internal SigmaRule[]? Candidates { get; } = candidates;

        internal bool IsLike(AuditEvent audit) =>
            ReferenceEquals(_user, audit.User)
            && ReferenceEquals(_impersonated, audit.ImpersonatedUser)
            && _principal == audit.Principal
            && ReferenceEquals(_sources, audit.Sources)
            && ReferenceEquals(_outcome, audit.Outcome)
            && ReferenceEquals(_annotations, audit.Annotations)
            && _state == State(audit)
            && _resource == audit.ObjectRef.Resource
            && _subresource == audit.ObjectRef.Subresource
            && _namespace == audit.ObjectRef.Namespace
            && _group == audit.ObjectRef.ApiGroup
            && _version == audit.ObjectRef.ApiVersion
            && _verb == audit.Verb
            && _userAgent == audit.UserAgent;
    }
}
