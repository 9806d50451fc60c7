using System.Collections.Frozen;
using System.Globalization;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// A step of an incident's story: findings of one behaviour, which is what was done to which kind of object, whatever rules say it.
/// </summary>
internal sealed class StoryStep
{
    private const string Shell = "shell";
    private const string Secrets = "secrets";
    private const string Token = "serviceaccounts/token";
    private const string Tunnel = "pods/portforward";
    private const string Permissions = "permissions";

    // Kinds whose objects are one thing to whoever writes them.
    private static readonly FrozenDictionary<string, string> Families = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["pods/exec"] = Shell,
        ["pods/attach"] = Shell,
        ["selfsubjectaccessreviews"] = Permissions,
        ["selfsubjectrulesreviews"] = Permissions,
        ["roles"] = "power",
        ["clusterroles"] = "power",
        ["rolebindings"] = "power",
        ["clusterrolebindings"] = "power",
        ["pods"] = "workload",
        ["deployments"] = "workload",
        ["daemonsets"] = "workload",
        ["statefulsets"] = "workload",
        ["replicasets"] = "workload",
        ["jobs"] = "workload",
        ["cronjobs"] = "workload",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // A shell that is more than one, and a secret that was not read, are told in the words of the rule.
    private static readonly FrozenDictionary<string, (string Technique, string Other)> Plain =
        new Dictionary<string, (string, string)>(StringComparer.Ordinal)
        {
            [Shell] = ("T1609", "T1059.004"),
            [Secrets] = ("T1552.007", "T1485"),
            [Token] = ("", ""),
            [Tunnel] = ("", ""),
            [Permissions] = ("", ""),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly string[] ProperNouns = ["Azure", "Kubernetes", "Windows"];

    private readonly string _behaviour;
    private readonly List<Detection> _findings;

    private StoryStep(string behaviour, List<Detection> findings)
    {
        _behaviour = behaviour;
        _findings = findings;
        Gravest = findings.MaxBy(Weight)!;
    }

    /// <summary>The gravest finding, the first among equals.</summary>
    internal Detection Gravest { get; }

    /// <summary>The order of gravity of findings.</summary>
    internal static (Severity Severity, bool IsEvidence, bool IsOfRule, double Score) Weight(Detection detection) =>
        (detection.Severity, detection.IsEvidence, detection.Source != DetectionSource.Model, detection.Score);

    /// <summary>The steps that the findings make, the gravest first.</summary>
    /// <param name="ordered">Findings in order of time.</param>
    internal static IEnumerable<StoryStep> Of(IReadOnlyList<Detection> ordered)
    {
        // A correlation has no object of its own. It is about the requests that it shares with other findings.
        Dictionary<string, string> byRequest = new(StringComparer.Ordinal);
        foreach (Detection detection in ordered.Where(static d => d.Target is not null))
        {
            foreach (string request in detection.AuditIds)
            {
                byRequest.TryAdd(request, BehaviourOf(detection, detection.Target!));
            }
        }

        return ordered
            .GroupBy(
                detection => detection.Target is { } target ? BehaviourOf(detection, target)
                    : detection.AuditIds.Select(byRequest.GetValueOrDefault).FirstOrDefault(static known => known is not null)
                    ?? "rule\n" + detection.Rule.Id,
                StringComparer.Ordinal)
            .Select(static group => new StoryStep(group.Key.Split('\n')[0], [.. group]))
            .OrderByDescending(static step => Weight(step.Gravest)).ThenBy(static step => step.Gravest.Time)
            .ThenBy(static step => step.Gravest.Id, StringComparer.Ordinal);
    }

    /// <summary>The step in words.</summary>
    /// <param name="isFirst">True at the beginning of the line.</param>
    /// <param name="isNamed">True to name what was touched; else at most its namespace is told.</param>
    internal string Words(bool isFirst, bool isNamed)
    {
        bool isModel = Gravest.Source == DetectionSource.Model;
        if (InPlainWords(isNamed) is { } plain)
        {
            string odd = isModel && isNamed ? $" ({Decapitalized(Gravest.Rule.Title)})" : "";
            return (isFirst ? char.ToUpperInvariant(plain[0]) + plain[1..] : plain) + odd;
        }

        string title = isFirst ? Gravest.Rule.Title : Decapitalized(Gravest.Rule.Title);
        string touched = isNamed ? Touched() : "";
        string kind = isModel && Gravest.Target is { } target ? KindOf(target) : "";
        string told = string.Join(' ', new[] { kind, touched }.Where(static part => part.Length > 0));
        return told.Length > 0 ? $"{title} ({told})" : title;
    }

    // What a reader says of it without knowing the rules, or null.
    private string? InPlainWords(bool isNamed)
    {
        if (!Plain.TryGetValue(_behaviour, out (string Technique, string Other) only) || Gravest.Target is null || Gravest.IsRefused
            || (Gravest.Source != DetectionSource.Model && only.Technique.Length > 0
                && (!Gravest.Techniques.Contains(only.Technique) || Gravest.Techniques.Contains(only.Other))))
        {
            return null;
        }

        List<TargetObject> targets =
            [.. _findings.Where(static d => !d.IsRefused).Select(static d => d.Target).OfType<TargetObject>().Distinct()];
        List<string> spaces = [.. targets.Select(static target => target.Namespace).Distinct()];
        string within = spaces is [{ Length: > 0 } one] ? $" of {ReadableName.Of(one)}" : "";
        string place = !isNamed && within.Length > 0 ? within[" of ".Length..] : Object(targets[0]);
        bool isOne = targets.Count == 1;
        return _behaviour switch
        {
            Shell => isOne ? $"a shell in {place}" : $"shells in {Number(targets.Count)} pods{within}",
            Permissions => "permissions asked for",
            Tunnel => isOne ? $"a tunnel to {place}" : $"tunnels to {Number(targets.Count)} pods{within}",
            Token => isOne ? $"a token minted for {Object(targets[0])}" : $"tokens minted for {Number(targets.Count)} accounts{within}",
            _ => SecretsRead(targets, within, isNamed),
        };
    }

    private static string SecretsRead(List<TargetObject> targets, string within, bool isNamed)
    {
        List<TargetObject> lists = targets.FindAll(static target => target.Name.Length == 0);
        return lists.Exists(static target => target.Namespace.Length == 0) ? "all secrets read"
            : lists.Count == 1 ? $"all secrets of {ReadableName.Of(lists[0].Namespace)} read"
            : lists.Count > 1 ? $"all secrets of {Number(lists.Count)} namespaces read"
            : targets.Count > 1 ? $"{Number(targets.Count)} secrets{within} read"
            : isNamed || within.Length == 0 ? $"secret {Object(targets[0])} read" : $"a secret{within} read";
    }

    // Whom it gave a way in says more than the object that did.
    private string Touched()
    {
        List<string> opened = [.. _findings.Where(static d => !d.IsRefused).SelectMany(static d => d.Opens).Distinct()];
        List<TargetObject> targets = [.. _findings.Select(static d => d.Target).OfType<TargetObject>().Distinct()];
        return opened.Count == 1 ? ReadableName.Of(opened[0])
            : targets is [{ Namespace.Length: 0, Name.Length: 0 }] ? ""
            : targets.Count == 1 ? Object(targets[0])
            : targets.Count > 1 ? $"{Number(targets.Count)} {Kinds(targets)}"
            : "";
    }

    private static string Kinds(List<TargetObject> targets) =>
        targets.Select(static target => target.Resource).Distinct().Take(2).Count() == 1 ? ReadableName.Of(targets[0].Resource) : "objects";

    private static string Object(TargetObject target) => ReadableName.Of(
        target.Resource == "namespaces" && target.Name.Length > 0 ? target.Name
        : target.Namespace.Length > 0 && target.Name.Length > 0 ? $"{target.Namespace}/{target.Name}"
        : target.Namespace + target.Name);

    private static string KindOf(TargetObject target) =>
        ReadableName.Of(target.Subresource.Length == 0 ? target.Resource : $"{target.Resource}/{target.Subresource}");

    private static string BehaviourOf(Detection detection, TargetObject target)
    {
        string kind = target.Subresource.Length == 0 ? target.Resource : $"{target.Resource}/{target.Subresource}";
        return $"{Families.GetValueOrDefault(kind, kind)}\n{(detection.Tactics.Count > 0 ? detection.Tactics[0] : "")}";
    }

    private static string Decapitalized(string title)
    {
        string word = title.Split(' ', 2)[0];
        return word.Length > 1 && !word.Skip(1).Any(char.IsUpper) && !ProperNouns.Contains(word)
            ? char.ToLowerInvariant(title[0]) + title[1..] : title;
    }

    private static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
