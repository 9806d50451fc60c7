using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Features;

/// <summary>Reads the traits of an event. Everything follows from the one event, so batches can be cut anywhere.</summary>
public sealed class TraitReader(TraitHasher hasher)
{
    // Names matter where objects hold power; elsewhere they are as many as there are pods.
    private const float SensitiveFrom = 0.2f;

    private static readonly string[] Classes = [.. Enum.GetNames<PrincipalClass>().Select(static name => "class:" + name)];
    private static readonly string[] TraitNames = [.. Enum.GetNames<TraitName>().Select(static name => "trait:" + name)];

    /// <summary>Fills the traits from the event.</summary>
    public void Read(EventView view, EventTraits traits)
    {
        AuditEvent audit = view.Event;
        ObjectRef target = audit.ObjectRef;
        float sensitivity = Sensitivity.Of(audit);
        string principal = ProfileName(audit);
        traits.Principal = principal;
        traits.Actor = Actor.Of(audit.Principal, audit.ClientAddress);
        traits.Time = audit.Time;

        string action = TraitText.Action(audit);
        string resource = target.Resource.Length == 0 ? "url" : target.Resource;
        string ns = target.Resource.Length == 0 ? "" : target.Namespace.Length == 0 ? "(cluster)" : target.Namespace;
        bool named = sensitivity >= SensitiveFrom && target.Name.Length > 0;
        bool carriesBody = audit.IsWrite && !audit.RequestObject.IsEmpty;
        ReadOnlySpan<string> values =
        [
            action,
            action,
            ns,
            ns.Length == 0 ? "" : $"{audit.Verb} {ns}",
            named ? $"{ns}/{resource}/{TraitText.NameTemplate(target.Name)}" : "",
            TraitText.ClientFamily(audit.UserAgent) is { Length: > 0 } family ? family : "(none)",
            TraitText.ClientVersion(audit.UserAgent) is { Length: > 0 } version ? version : "(none)",
            NetworkPrefix.Of(audit.ClientAddress),
            audit.ClientAddress,
            TraitText.Outcome(audit.ResponseCode),
            TraitText.HourOfDay(audit.Time),
            principal,
            audit.ImpersonatedUser is { } user ? user.Username : "(none)",
            carriesBody ? BodyRisk.Registry(view) : "",
        ];
        for (int i = 0; i < values.Length; i++)
        {
            traits.Terms[i] = values[i].Length == 0
                ? default
                : MakeTerm((TraitName)i, principal, Classes[(int)audit.PrincipalClass], resource, action, values[i]);
        }

        bool denied = audit.ResponseCode is 401 or 403;
        traits.Numbers[0] = sensitivity;
        traits.Numbers[1] = audit.IsWrite ? 1 : 0;
        traits.Numbers[2] = IsClusterWideRead(audit) ? 1 : 0;
        traits.Numbers[3] = target.Namespace == "kube-system" && (audit.IsWrite || target.Subresource.Length > 0) ? 1 : 0;
        traits.Numbers[4] = carriesBody ? BodyRisk.Pod(view) : 0;
        traits.Numbers[5] = carriesBody ? BodyRisk.Rbac(view) : 0;
        traits.Numbers[6] = audit.PrincipalClass == PrincipalClass.Anonymous && !denied && audit.ResponseCode < 400
            && !IsHealth(audit.RequestUri) ? 1 : 0;
        traits.Numbers[7] = denied ? 1 : 0;
    }

    private Term MakeTerm(TraitName trait, string principal, string peers, string resource, string action, string value)
    {
        ulong own = hasher.Hash(TraitNames[(int)trait]);
        ulong who = hasher.Hash(principal);
        ulong peer = hasher.Hash(peers);
        ulong context = trait switch
        {
            TraitName.ActionInNamespace => hasher.Hash(resource),
            TraitName.Outcome => hasher.Hash(action),
            _ => 0,
        };
        ulong fleet = TraitHasher.Join(own, context);
        ulong peerContext = TraitHasher.Join(fleet, peer);

        // Two traits are about the class as a whole: their first context is the class.
        bool ofPeers = trait is TraitName.ActionOfPeers or TraitName.Principal;
        return new Term(ofPeers ? peerContext : TraitHasher.Join(fleet, who), peerContext, fleet, hasher.Hash(value));
    }

    // Autoscaled nodes come and go: their kubelets are one identity with one profile.
    private static string ProfileName(AuditEvent audit) =>
        audit.PrincipalClass == PrincipalClass.Node ? "system:nodes" : audit.Principal;

    private static bool IsClusterWideRead(AuditEvent audit) =>
        audit.Verb is "list" or "watch" or "deletecollection" && audit.ObjectRef.Namespace.Length == 0
        && audit.ObjectRef.Resource is "secrets" or "configmaps" or "pods" or "serviceaccounts" or "roles" or "rolebindings"
            or "deployments" or "daemonsets" or "cronjobs" or "services";

    private static bool IsHealth(string uri) =>
        uri.StartsWith("/healthz", StringComparison.Ordinal) || uri.StartsWith("/livez", StringComparison.Ordinal)
        || uri.StartsWith("/readyz", StringComparison.Ordinal) || uri.StartsWith("/version", StringComparison.Ordinal);
}
