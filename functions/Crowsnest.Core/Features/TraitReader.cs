using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Features;

/// <summary>Reads the traits of an event. Everything follows from the one event, so batches can be cut anywhere.</summary>
/// <param name="hasher">Hashes names as the profile does.</param>
/// <param name="isForeign">True when the profile is of other clusters, whose names say nothing of this one.</param>
public sealed class TraitReader(TraitHasher hasher, bool isForeign = false)
{
    // Names matter where objects hold power; elsewhere they are as many as there are pods.
    private const float SensitiveFrom = 0.2f;

    private const int LargestCache = 20_000;

    private static readonly string[] Classes = Enum.GetNames<PrincipalClass>();

    private readonly ulong[] _traits = [.. Enum.GetNames<TraitName>().Select(name => hasher.Hash("trait:" + name))];
    private readonly ulong[] _classes = [.. Classes.Select(name => hasher.Hash("class:" + name))];
    private readonly ulong _none = hasher.Hash("(none)");
    private readonly Dictionary<string, (ulong Family, ulong Version)> _clients = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ulong Network, ulong Address)> _addresses = new(StringComparer.Ordinal);

    /// <summary>Hash of a class of principals.</summary>
    public ulong PeersOf(PrincipalClass kind) => _classes[(int)kind];

    /// <summary>Fills the traits from the event.</summary>
    public void Read(EventView view, EventTraits traits)
    {
        AuditEvent audit = view.Event;
        ObjectRef target = audit.ObjectRef;
        float sensitivity = Sensitivity.Of(audit);
        string principal = ProfileName(audit);
        traits.Principal = principal;
        traits.Actor = Actor.Of(audit.Principal, audit.ClientAddress);
        traits.PrincipalClass = audit.PrincipalClass;
        traits.IsDenied = audit.ResponseCode is 401 or 403;
        traits.Time = audit.Time;

        bool isObject = target.Resource.Length > 0;
        bool named = sensitivity >= SensitiveFrom && target.Name.Length > 0;
        bool carriesBody = BodyRisk.IsRead(audit);
        ulong who = hasher.Hash(principal);
        ulong peers = traits.Peers = _classes[(int)audit.PrincipalClass];
        ulong verb = hasher.Hash(audit.Verb);
        ulong resource = hasher.Hash(isObject ? target.Resource : TraitText.Path(audit.RequestUri));
        ulong kind = target.Subresource.Length == 0 ? resource : TraitHasher.Join(resource, hasher.Hash(target.Subresource));
        ulong action = TraitHasher.Join(verb, kind);
        ulong ns = !isObject ? 0 : hasher.Hash(target.Namespace.Length == 0 ? "(cluster)" : target.Namespace);
        (ulong family, ulong version) = Client(audit.UserAgent);
        (ulong network, ulong address) = Address(audit.ClientAddress);

        Span<Term> terms = traits.Terms;
        void Set(Span<Term> all, TraitName trait, ulong context, ulong value) =>
            all[(int)trait] = value == 0 ? default : MakeTerm(trait, who, peers, context, value);

        Set(terms, TraitName.Action, 0, action);
        Set(terms, TraitName.ActionOfPeers, 0, action);
        Set(terms, TraitName.Namespace, 0, ns);
        Set(terms, TraitName.ActionInNamespace, kind, ns == 0 ? 0 : TraitHasher.Join(verb, ns));
        Set(terms, TraitName.ObjectName, 0, !named ? 0 : TraitHasher.Join(
            TraitHasher.Join(ns, resource), hasher.Hash(TraitText.NameTemplate(target.Name))));
        Set(terms, TraitName.ClientFamily, 0, family);
        Set(terms, TraitName.ClientVersion, 0, version);
        Set(terms, TraitName.Network, 0, network);
        Set(terms, TraitName.Address, 0, address);
        Set(terms, TraitName.Outcome, action, hasher.Hash(TraitText.Outcome(audit.ResponseCode)));
        Set(terms, TraitName.HourOfDay, 0, hasher.Hash(TraitText.HourOfDay(audit.Time)));
        Set(terms, TraitName.Principal, 0, who);
        Set(terms, TraitName.Impersonation, 0, audit.ImpersonatedUser is { } user ? hasher.Hash(user.Username) : _none);
        Set(terms, TraitName.ImageRegistry, 0, carriesBody && BodyRisk.Registry(view) is { Length: > 0 } registry
            ? hasher.Hash(registry) : 0);
        ReadNumbers(view, sensitivity, carriesBody, traits);
        if (isForeign)
        {
            KeepWhatTravels(traits);
        }
    }

    // Accounts, namespaces, objects, networks and registries of another cluster may be called alike and be others. What a class of
    // principals does, how it ends, whom it impersonates, and the clients of people are much the same everywhere.
    private static void KeepWhatTravels(EventTraits traits)
    {
        for (int i = 0; i < traits.Terms.Length; i++)
        {
            bool travels = (TraitName)i is TraitName.ActionOfPeers or TraitName.Outcome or TraitName.Impersonation
                || ((TraitName)i == TraitName.ClientFamily && traits.PrincipalClass is PrincipalClass.Human or PrincipalClass.Anonymous);
            traits.Terms[i] = travels ? traits.Terms[i].OfPeers : default;
        }
    }

    private static void ReadNumbers(EventView view, float sensitivity, bool carriesBody, EventTraits traits)
    {
        AuditEvent audit = view.Event;
        ObjectRef target = audit.ObjectRef;
        float[] numbers = traits.Numbers;
        numbers[0] = sensitivity;
        numbers[1] = audit.IsWrite ? 1 : 0;
        numbers[2] = IsClusterWideRead(audit) ? 1 : 0;
        numbers[3] = target.Namespace == "kube-system" && (audit.IsWrite || target.Subresource.Length > 0) ? 1 : 0;
        numbers[4] = carriesBody ? BodyRisk.Pod(view) : 0;
        numbers[5] = carriesBody ? BodyRisk.Rbac(view) : 0;
        numbers[6] = audit.PrincipalClass == PrincipalClass.Anonymous && audit.ResponseCode < 400
            && !IsHealth(audit.RequestUri) ? 1 : 0;
        numbers[7] = traits.IsDenied ? 1 : 0;
    }

    private (ulong Family, ulong Version) Client(string userAgent)
    {
        if (userAgent.Length == 0)
        {
            return (_none, _none);
        }

        if (!_clients.TryGetValue(userAgent, out (ulong Family, ulong Version) client))
        {
            Bound(_clients);
            client = (hasher.Hash(TraitText.ClientFamily(userAgent)), hasher.Hash(TraitText.ClientVersion(userAgent)));
            _clients.Add(userAgent, client);
        }

        return client;
    }

    private (ulong Network, ulong Address) Address(string clientAddress)
    {
        if (clientAddress.Length == 0)
        {
            return default;
        }

        if (!_addresses.TryGetValue(clientAddress, out (ulong Network, ulong Address) address))
        {
            Bound(_addresses);
            address = (hasher.Hash(NetworkPrefix.Of(clientAddress)), hasher.Hash(clientAddress));
            _addresses.Add(clientAddress, address);
        }

        return address;
    }

    private static void Bound<T>(Dictionary<string, T> cache)
    {
        if (cache.Count >= LargestCache)
        {
            cache.Clear();
        }
    }

    private Term MakeTerm(TraitName trait, ulong who, ulong peers, ulong context, ulong value) =>
        new Term(0, 0, TraitHasher.Join(_traits[(int)trait], context), value).Of(trait, who, peers);

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
