using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;

namespace Crowsnest.Core.Policy;

/// <summary>
/// What machines do all day to objects that hold no power: the only events that may be dropped, and only those of who was seen to do it.
/// People, unauthenticated callers and other accounts stay in the log. Not thread-safe.
/// </summary>
internal sealed class PowerlessRequests
{
    internal const string Nodes = "system:nodes";

    // With more there is no rhythm, and the policy could not be read.
    private const int MostUsers = 200;

    private static readonly HashSet<string> Kinds = [.. Sensitivity.Powerless];

    // To make one, to delete it and to list them is no rhythm.
    private static readonly string[] Verbs = ["get", "update", "patch"];

    private readonly Dictionary<(string Resource, string Group, string User, string Namespace, string Verb), long> _bytes = [];

    /// <summary>Users, and the group of nodes as one, with their kinds, namespaces, verbs and bytes.</summary>
    internal IReadOnlyDictionary<(string Resource, string Group, string User, string Namespace, string Verb), long> All => _bytes;

    internal void Add(AuditEvent audit, int bytes)
    {
        ObjectRef target = audit.ObjectRef;
        AuditUser user = audit.User;
        if (!Kinds.Contains(target.Resource) || target.Subresource.Length > 0 || target.Namespace.Length == 0 || !Verbs.Contains(audit.Verb)
            || user.Class is PrincipalClass.Human or PrincipalClass.LocalAdmin or PrincipalClass.Anonymous)
        {
            return;
        }

        string who = user.Class == PrincipalClass.Node && user.Groups.Contains(Nodes) ? Nodes : user.Username;
        (string, string, string, string, string) key = (target.Resource, target.ApiGroup, who, target.Namespace, audit.Verb);
        if (_bytes.Count < MostUsers * Verbs.Length || _bytes.ContainsKey(key))
        {
            _bytes[key] = _bytes.GetValueOrDefault(key) + bytes;
        }
    }
}
