using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Rules;

/// <summary>One thing that an operator does by design.</summary>
/// <param name="Verbs">The verbs.</param>
/// <param name="Resources">Kinds of objects, parts as <c>pods/exec</c>; <c>*</c> for any that is whole.</param>
/// <param name="OwnNamespace">True when it does so only in the namespace of its account.</param>
/// <param name="Most">Findings of rules above this level are judged in full.</param>
public sealed record KnownOperation(
    IReadOnlySet<string> Verbs, IReadOnlySet<string> Resources, bool OwnNamespace, Severity Most)
{
    private const string AnyWhole = "*";

    internal bool Covers(AuditEvent audit)
    {
        ObjectRef target = audit.ObjectRef;
        bool isWhole = target.Subresource.Length == 0;
        return target.Resource.Length > 0 && Verbs.Contains(audit.Verb)
            && (Resources.Contains(isWhole ? target.Resource : $"{target.Resource}/{target.Subresource}")
                || (isWhole && Resources.Contains(AnyWhole)))
            && (!OwnNamespace || target.Namespace == PrincipalClassifier.NamespaceOf(audit.Principal));
    }
}
