using System.Text;
using System.Text.Encodings.Web;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>Writes roles and bindings as YAML that kubectl takes, with what a reader must weigh as comments.</summary>
public static class LeastYaml
{
    private const int MostListed = 40;

    /// <summary>The roles, bindings and comments.</summary>
    /// <param name="principal">Who they are for.</param>
    /// <param name="rules">What they hold.</param>
    /// <param name="least">What the principal did and was refused.</param>
    /// <param name="unused">What it holds besides.</param>
    /// <param name="diff">What it holds against what it needs.</param>
    public static string Write(
        string principal,
        IReadOnlyList<LeastRule> rules,
        LeastPrivilege least,
        IReadOnlyList<UnusedPower> unused,
        IReadOnlyList<RoleDiff> diff)
    {
        StringBuilder yaml = new();
        Comment(yaml, $"{principal}: {least.Allowed} requests let through, {least.ByDefault} more by what everybody is given, "
            + $"{least.Denied.Values.Sum()} refused");
        if (unused.Count > 0)
        {
            Comment(yaml, "held and never used, as far as the log shows the roles, the gravest first:");
            foreach (UnusedPower power in unused.Take(MostListed))
            {
                string kinds = string.Join(',', power.Resources.Take(8)) + (power.Resources.Count > 8 ? ",…" : "");
                Comment(yaml, $"  {string.Join(',', power.Verbs)} on {kinds}"
                    + $" by {power.Binding}{(power.Scope.Length > 0 ? " in " + power.Scope : "")} of {power.Role}"
                    + (power.Risk.Length > 0 ? $": {power.Risk}" : ""));
            }

            More(yaml, unused.Count);
        }

        WriteDiff(yaml, diff);
        if (least.Denied.Count > 0)
        {
            Comment(yaml, "refused, and not granted here:");
            foreach (var group in least.Denied.GroupBy(static pair => pair.Key.Power with { Name = "" })
                .OrderByDescending(static group => group.Sum(static pair => pair.Value))
                .ThenBy(static group => group.Key.ToString(), StringComparer.Ordinal)
                .Take(MostListed))
            {
                Comment(yaml, $"  {group.Sum(static pair => pair.Value)} times {Text(group.Key)}");
            }

            More(yaml, least.Denied.Count);
        }

        foreach (var role in rules.GroupBy(static rule => rule.Namespace))
        {
            WriteRole(yaml, principal, role.Key, [.. role]);
        }

        return yaml.ToString();
    }

    private static void WriteDiff(StringBuilder yaml, IReadOnlyList<RoleDiff> diff)
    {
        if (!diff.Any(static line => line.IsHeld))
        {
            Comment(yaml, "the roles it holds are not in the log: nothing to compare with");
            return;
        }

        // A verb a line is for programs; here what differs in nothing else stands together.
        Comment(yaml, "the roles it holds (-) against those below (+), what is in both without a sign:");
        var lines = diff.GroupBy(static line => (line.Scope, line.Names, line.Kind, line.IsHeld, line.IsNeeded))
            .Select(static group => (
                group.Key.Scope, group.Key.Names, group.Key.Kind, group.Key.IsHeld, group.Key.IsNeeded,
                Verbs: string.Join(',', group.Select(static line => line.Verb))))
            .GroupBy(static one => (one.Scope, one.Names, one.Verbs, one.IsHeld, one.IsNeeded)).ToList();
        foreach (var line in lines.Take(MostListed))
        {
            string sign = line.Key.IsHeld && line.Key.IsNeeded ? " " : line.Key.IsHeld ? "-" : "+";
            Comment(yaml, $"{sign} {line.Key.Verbs} on {string.Join(',', line.Select(static one => one.Kind))}"
                + (line.Key.Names.Length > 0 ? $" named {line.Key.Names}" : "")
                + (line.Key.Scope.Length > 0 ? $" in {line.Key.Scope}" : ""));
        }

        More(yaml, lines.Count);
    }

    private static void WriteRole(StringBuilder yaml, string principal, string at, IReadOnlyList<LeastRule> rules)
    {
        string name = NameOf(principal);
        string kind = at.Length > 0 ? "Role" : "ClusterRole";
        yaml.Append(Head(kind, name, at)).Append("rules:\n");
        foreach (LeastRule rule in rules)
        {
            string risk = rule.IsPaths ? "" : UnusedPower.RiskOf(rule.Verbs, rule.Resources);
            if (rule.Why.Length + risk.Length > 0)
            {
                string weigh = risk.Length > 0 ? $"weigh this: {risk}" : "";
                Comment(yaml, $"{rule.Why}{(rule.Why.Length > 0 && risk.Length > 0 ? "; " : "")}{weigh}");
            }

            yaml.Append(rule.IsPaths ? $"- nonResourceURLs: {List(rule.Resources)}\n"
                : $"- apiGroups: {List([rule.Group])}\n  resources: {List(rule.Resources)}\n");
            if (rule.Names.Count > 0)
            {
                yaml.Append("  resourceNames: ").Append(List(rule.Names)).Append('\n');
            }

            yaml.Append("  verbs: ").Append(List(rule.Verbs)).Append('\n');
        }

        yaml.Append(Head(kind + "Binding", name, at));
        yaml.Append($"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {kind}, name: {Quoted(name)}}}\n");
        string[] account = principal.Split(':');
        yaml.Append(principal.StartsWith(PrincipalClassifier.ServiceAccountPrefix, StringComparison.Ordinal) && account.Length == 4
            ? $"subjects: [{{kind: ServiceAccount, namespace: {Quoted(account[2])}, name: {Quoted(account[3])}}}]\n"
            : $"subjects: [{{apiGroup: rbac.authorization.k8s.io, kind: User, name: {Quoted(principal)}}}]\n");
    }

    private static string Head(string kind, string name, string at) =>
        $"---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {Quoted(name)}"
        + $"{(at.Length > 0 ? $", namespace: {Quoted(at)}" : "")}}}\n";

    private static string NameOf(string principal)
    {
        string last = principal[(principal.LastIndexOf(':') + 1)..].Split('@')[0].ToLowerInvariant();
        return "least-" + string.Concat(last.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '-')).Trim('-');
    }

    private static string Text(UsedPower power) =>
        $"{power.Verb} {(power.Group.Length > 0 ? power.Group + "/" : "")}{power.Resource}"
        + (power.Namespace.Length > 0 ? " in " + power.Namespace : "");

    private static void More(StringBuilder yaml, int count)
    {
        if (count > MostListed)
        {
            Comment(yaml, $"  and {count - MostListed} more");
        }
    }

    // Names are a client's to choose: none may end the comment.
    private static void Comment(StringBuilder yaml, string text) => yaml.Append("# ")
        .Append(string.Concat(text.Select(static c => char.IsControl(c) || c is '\u2028' or '\u2029' ? '?' : c))).Append('\n');

    private static string List(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Quoted))}]";

    private static string Quoted(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
