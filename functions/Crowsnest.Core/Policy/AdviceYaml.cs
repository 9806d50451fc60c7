using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>Writes an advised policy as YAML that an API server takes, with the reason and the saving of each rule as comments.</summary>
public static class AdviceYaml
{
    private const int Width = 136;
    private const int MostKinds = 5;

    /// <summary>The policy.</summary>
    /// <param name="rules">Its rules.</param>
    /// <param name="head">What to say first, a line each.</param>
    /// <param name="simulation">The capture under the policy, or null when it was not simulated yet.</param>
    public static string Write(IReadOnlyList<AdvisedRule> rules, IReadOnlyList<string> head, PolicySimulation? simulation)
    {
        StringBuilder yaml = new();
        foreach (string line in head)
        {
            Comment(yaml, line);
        }

        yaml.Append("apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [\"RequestReceived\"]\n");
        Comment(yaml, "Kubernetes 1.24 and later; no rule reads managedFields");
        yaml.Append("omitManagedFields: true\nrules:\n");
        foreach (AdvisedRule one in rules)
        {
            Comment(yaml, $"{one.Rule.Number}: {one.Why}");
            if (one.Loses.Length > 0)
            {
                Comment(yaml, $"   lost: {one.Loses}");
            }

            if (simulation is not null)
            {
                Comment(yaml, "   " + Saving(one.Rule.Number, simulation));
            }

            Write(yaml, one.Rule);
        }

        return yaml.ToString();
    }

    private static string Saving(int rule, PolicySimulation simulation)
    {
        if (simulation.ByRule.GetValueOrDefault(rule) is not { } volume)
        {
            return "not in the capture: what it costs is not known";
        }

        long saved = volume.Bytes - volume.BytesLeft;
        string share = (100.0 * saved / Math.Max(1, simulation.Total.Bytes)).ToString("0.0", CultureInfo.InvariantCulture);
        var kinds = simulation.ByRuleAndKind.Where(pair => pair.Key.Rule == rule && pair.Value.Bytes > pair.Value.BytesLeft)
            .OrderByDescending(static pair => pair.Value.Bytes - pair.Value.BytesLeft)
            .ThenBy(static pair => pair.Key.Kind.ToString(), StringComparer.Ordinal).Take(MostKinds)
            .Select(pair => $"{pair.Key.Kind} {Megabytes(pair.Value.Bytes - pair.Value.BytesLeft, simulation.Days)}").ToArray();
        string most = saved > 0 && kinds.Length > 0 ? $", most of it {string.Join(", ", kinds)}" : "";
        string larger = volume.Larger > 0
            ? $"; {volume.Larger} events would be larger by bodies that the capture does not hold" : "";
        return $"{Megabytes(volume.BytesLeft, simulation.Days)} a day left; saves {Megabytes(saved, simulation.Days)} a day, "
            + $"{share} % of the capture{most}{larger}";
    }

    private static string Megabytes(long bytes, double days) =>
        (bytes / days / 1e6).ToString(bytes / days < 1e5 ? "0.000" : "0.0", CultureInfo.InvariantCulture) + " MB";

    private static void Write(StringBuilder yaml, PolicyRule rule)
    {
        yaml.Append("- level: ").Append(rule.Level).Append('\n');
        Field(yaml, "users", rule.Users);
        Field(yaml, "userGroups", rule.UserGroups);
        Field(yaml, "verbs", rule.Verbs);
        Field(yaml, "namespaces", rule.Namespaces);
        Field(yaml, "omitStages", [.. rule.OmitStages.Where(static stage => stage != AuditStage.RequestReceived)
            .Select(static stage => stage.ToString())]);
        if (rule.Resources.Count > 0)
        {
            yaml.Append("  resources:\n");
            foreach (PolicyResources resources in rule.Resources)
            {
                yaml.Append("  - group: ").Append(Quoted(resources.Group)).Append('\n');
                List(yaml, "    resources: ", resources.Resources);
            }
        }
    }

    private static void Field(StringBuilder yaml, string name, IReadOnlyList<string> values)
    {
        if (values.Count > 0)
        {
            List(yaml, $"  {name}: ", values);
        }
    }

    private static void List(StringBuilder yaml, string head, IEnumerable<string> values) =>
        yaml.Append(Wrapped(head + "[", [.. values.Select(Quoted)], ",", new string(' ', head.Length + 1)).TrimEnd('\n')).Append("]\n");

    private static void Comment(StringBuilder yaml, string text)
    {
        // Names are a client's to choose: none may end the comment.
        string clean = string.Concat(text.Select(static c => char.IsControl(c) || c is '\u2028' or '\u2029' ? '?' : c));
        int blanks = clean.Length - clean.TrimStart().Length;
        yaml.Append(Wrapped($"# {clean[..blanks]}", clean[blanks..].Split(' '), "", "#    "));
    }

    private static string Wrapped(string head, string[] words, string separator, string next)
    {
        StringBuilder all = new();
        string line = head;
        for (int i = 0; i < words.Length; i++)
        {
            string word = words[i] + (i + 1 < words.Length ? separator : "");
            if (line.Length + word.Length > Width && i > 0)
            {
                all.Append(line.TrimEnd()).Append('\n');
                line = next;
            }

            line += i + 1 < words.Length ? word + " " : word;
        }

        return all.Append(line.TrimEnd()).Append('\n').ToString();
    }

    private static string Quoted(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";
}
