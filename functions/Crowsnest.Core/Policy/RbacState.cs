using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Policy;

/// <summary>
/// Roles and bindings as far as a log shows them: by what was written and read of them, and by what the authorizer says when it lets
/// somebody through. Not thread-safe.
/// </summary>
public sealed class RbacState
{
    // Given by the API server to whoever holds the group, without any binding.
    private const string Masters = "system:masters";
    private const string Admin = "cluster-admin";

    private readonly Dictionary<(string Kind, string Namespace, string Name), IReadOnlyList<RbacRule>> _roles = [];
    private readonly Dictionary<(string Kind, string Namespace, string Name), Binding> _bindings = [];
    private readonly Dictionary<AuthorizerReason, HashSet<Use>> _uses = [];

    /// <summary>Takes in a request about roles or bindings, in order of time; others and refused ones change nothing.</summary>
    public void Add(AuditEvent audit)
    {
        ObjectRef target = audit.ObjectRef;
        if (audit.ResponseCode >= 400 || target.ApiGroup != "rbac.authorization.k8s.io" || target.Subresource.Length > 0
            || target.Resource is not ("roles" or "clusterroles" or "rolebindings" or "clusterrolebindings"))
        {
            return;
        }

        using EventView view = new(audit);
        if (DryRun.Is(view))
        {
            return;
        }

        if (audit.Verb == "delete")
        {
            (string, string, string) key = (target.Resource, target.Namespace, target.Name);
            _ = _roles.Remove(key) | _bindings.Remove(key);
            return;
        }

        // The answer is the object as it is now; the request may be a part of it.
        JsonElement whole = view.Response.ValueKind == JsonValueKind.Object ? view.Response
            : audit.Verb is "create" or "update" ? view.Request : default;
        if (whole.Member("items").ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in whole.Items("items"))
            {
                Keep(target, item);
            }
        }
        else if (whole.ValueKind == JsonValueKind.Object)
        {
            Keep(target, whole);
        }
    }

    /// <summary>Takes in what the authorizer said of a request that it let through.</summary>
    /// <param name="reason">Its reason: <c>RBAC: allowed by …</c>.</param>
    /// <param name="verb">What was done.</param>
    /// <param name="group">API group of the object.</param>
    /// <param name="resource">Its kind, with its part behind a slash.</param>
    public void AddUse(string reason, string verb, string group, string resource)
    {
        if (AuthorizerReason.Read(reason) is not { } key)
        {
            return;
        }

        if (!_uses.TryGetValue(key, out HashSet<Use>? uses))
        {
            _uses.Add(key, uses = []);
        }

        uses.Add(new Use(verb, group, resource));
    }

    /// <summary>Who may act on objects.</summary>
    /// <param name="group">API group, empty for the core's, or null for any.</param>
    /// <param name="resource">Kind, with its part behind a slash.</param>
    /// <param name="inNamespace">Namespace, or empty for any.</param>
    /// <param name="name">Name, or empty for any.</param>
    /// <returns>The grants, in order of subjects; one whose role is not known with the verbs that were seen in use.</returns>
    public IReadOnlyList<RbacGrant> WhoCan(string? group, string resource, string inNamespace, string name)
    {
        Dictionary<(string, string, string, string, string), HashSet<string>> found = [];
        void Add((string Subject, string Kind, string Binding, string Role, string Scope) key, IEnumerable<string> verbs)
        {
            if (!found.TryGetValue(key, out HashSet<string>? all))
            {
                found.Add(key, all = new HashSet<string>(StringComparer.Ordinal));
            }

            all.UnionWith(verbs);
        }

        Add((Masters, "Group", "(the API server itself)", "", ""), ["*"]);
        foreach (((string kind, string at, string bound), Binding binding) in _bindings)
        {
            string scope = kind == "rolebindings" ? at : "";
            if (scope.Length > 0 && inNamespace.Length > 0 && scope != inNamespace)
            {
                continue;
            }

            string[] verbs =
            [
                .. RulesOf(binding, scope).Where(rule => rule.Covers(group, resource, name)).SelectMany(static rule => rule.Verbs),
            ];
            if (verbs.Length > 0)
            {
                string named = $"{(kind == "rolebindings" ? "RoleBinding" : "ClusterRoleBinding")} {bound}";
                foreach ((string subject, string of) in binding.Subjects)
                {
                    Add((subject, of, named, $"{binding.RoleKind} {binding.Role}", scope), verbs);
                }
            }
        }

        foreach (((string binding, string role, string subject, string kind, string scope), HashSet<Use> uses) in _uses)
        {
            if (scope.Length == 0 || inNamespace.Length == 0 || scope == inNamespace)
            {
                string[] verbs = [.. uses.Where(use => use.Resource == resource && (group is null || use.Group == group))
                    .Select(static use => use.Verb)];
                bool isAdmin = role == $"ClusterRole {Admin}";
                if (verbs.Length > 0 || isAdmin)
                {
                    Add((subject, kind, binding, role, scope), isAdmin ? ["*"] : verbs);
                }
            }
        }

        return
        [
            .. found.Select(static one => new RbacGrant(
                one.Key.Item1,
                one.Key.Item2,
                one.Value.Contains("*") ? ["*"] : [.. one.Value.Order(StringComparer.Ordinal)],
                one.Key.Item3,
                one.Key.Item4,
                one.Key.Item5))
                .OrderBy(static grant => grant.Subject, StringComparer.Ordinal)
                .ThenBy(static grant => grant.Binding, StringComparer.Ordinal)
                .ThenBy(static grant => grant.Scope, StringComparer.Ordinal),
        ];
    }

    /// <summary>All to whom a binding gives something, with their kind, as far as the log shows bindings.</summary>
    internal IEnumerable<(string Name, string Kind)> Subjects => _bindings.Values.SelectMany(static binding => binding.Subjects)
        .Concat(_uses.Keys.Select(static use => (use.Subject, use.Kind))).Distinct();

    /// <summary>The rules that subjects are bound to, as far as the log shows the roles.</summary>
    internal IEnumerable<(string Binding, string Role, string Scope, RbacRule Rule)> RulesOf(IReadOnlySet<string> subjects)
    {
        foreach (((string kind, string at, string bound), Binding binding) in _bindings)
        {
            if (binding.Subjects.Any(subject => subjects.Contains(subject.Name)))
            {
                string scope = kind == "rolebindings" ? at : "";
                string named = $"{(kind == "rolebindings" ? "RoleBinding" : "ClusterRoleBinding")} {bound}";
                foreach (RbacRule rule in RulesOf(binding, scope))
                {
                    yield return (named, $"{binding.RoleKind} {binding.Role}", scope, rule);
                }
            }
        }

        // Used through bindings that were not written in the log, of roles that were.
        foreach ((string binding, string role, string subject, string _, string scope) in _uses.Keys)
        {
            string[] named = role.Split(' ', 2);
            string kind = binding.StartsWith('R') ? "rolebindings" : "clusterrolebindings";
            if (subjects.Contains(subject) && !_bindings.ContainsKey((kind, scope, binding.Split(' ', 2)[1])))
            {
                foreach (RbacRule rule in RulesOf(new Binding(named[0], named[1], []), scope))
                {
                    yield return (binding, role, scope, rule);
                }
            }
        }
    }

    private IReadOnlyList<RbacRule> RulesOf(Binding binding, string scope) =>
        _roles.TryGetValue(
            (binding.RoleKind == "Role" ? "roles" : "clusterroles", binding.RoleKind == "Role" ? scope : "", binding.Role),
            out IReadOnlyList<RbacRule>? rules) ? rules
            : binding is { RoleKind: "ClusterRole", Role: Admin } ? [RbacRule.All] : [];

    private void Keep(ObjectRef target, JsonElement item)
    {
        JsonElement meta = item.Member("metadata");
        string name = meta.Text("name");
        name = name.Length > 0 ? name : target.Name;
        string at = meta.Text("namespace");
        (string, string, string) key = (target.Resource, at.Length > 0 ? at : target.Namespace, name);
        if (target.Resource is "roles" or "clusterroles")
        {
            _roles[key] = [.. item.Items("rules").Select(RbacRule.Of)];
            return;
        }

        JsonElement role = item.Member("roleRef");
        _bindings[key] = new Binding(
            role.Text("kind"),
            role.Text("name"),
            [.. item.Items("subjects").Select(subject => SubjectOf(subject, key.Item2))]);
    }

    private static (string Name, string Kind) SubjectOf(JsonElement subject, string bindingNamespace)
    {
        string kind = subject.Text("kind");
        string at = subject.Text("namespace");
        return (kind == "ServiceAccount"
            ? $"{PrincipalClassifier.ServiceAccountPrefix}{(at.Length > 0 ? at : bindingNamespace)}:{subject.Text("name")}"
            : subject.Text("name"), kind);
    }

    private sealed record Binding(string RoleKind, string Role, IReadOnlyList<(string Name, string Kind)> Subjects);

    private readonly record struct Use(string Verb, string Group, string Resource);
}
