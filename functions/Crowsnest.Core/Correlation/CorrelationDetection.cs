using System.Globalization;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Correlation;

/// <summary>Makes the detection of a correlation. Its id follows from the correlation, the group and the hour.</summary>
internal static class CorrelationDetection
{
    private const int MostExamples = 10;

    private const string PrincipalField = "crowsnest.principal";
    private const string UserField = "user.username";
    private const string AddressField = "crowsnest.clientAddress";
    private const string NetworkField = "crowsnest.clientNetwork";

    internal static string IdOf(CorrelationRule rule, ActivityKey key, DateTimeOffset time) => ContentId.Of(
        key.Cluster,
        rule.Reference.Id,
        key.Group,
        (time.UtcTicks / TimeSpan.TicksPerHour).ToString(CultureInfo.InvariantCulture));

    internal static Detection Make(CorrelationRule rule, ActivityKey key, CorrelationMatch match)
    {
        ActivityCell all = new();
        foreach (ActivityCell cell in match.Cells)
        {
            all.Merge(cell);
        }

        List<ActivityExample> examples =
            [.. match.Cells.SelectMany(static cell => cell.Examples).Distinct().Order(ActivityExample.Order).Take(MostExamples)];
        ActivityExample? example = examples.Count > 0 ? examples[0] : null;
        string principal = Value(rule, key, PrincipalField) ?? Value(rule, key, UserField)
            ?? (all.Principals.Count == 1
                ? all.Principals[0]
                : $"several from {Value(rule, key, NetworkField) ?? Value(rule, key, AddressField) ?? "everywhere"}");
        bool isOnePlace = all.Networks.Estimate <= 1;
        string from = isOnePlace
            ? example?.SourceIp ?? ""
            : string.Create(
                CultureInfo.InvariantCulture, $"{all.Networks.Estimate:N0} networks, {example?.SourceIp} among them");
        string what = What(rule, match, example);
        return new Detection
        {
            Id = IdOf(rule, key, match.Time),
            Time = match.Time,
            From = all.First,
            Until = all.Last > match.Time ? all.Last : match.Time,
            Cluster = key.Cluster,
            Source = DetectionSource.Correlation,
            Rule = rule.Reference,
            Severity = rule.Severity,
            Score = 0,
            Tactics = rule.Tactics,
            Techniques = rule.Techniques,
            Principal = principal,
            SourceIp = isOnePlace ? example?.SourceIp ?? "" : "",
            UserAgent = example?.UserAgent ?? "",
            AuditIds = [.. examples.Select(static e => e.AuditId).Where(static id => id.Length > 0).Distinct()],
            What = what,
            Who = principal,
            FromWhere = from,
            OnWhat = Group(rule, key),
            GoingWhere = example is null ? "" : $"such as {example.OnWhat}",
            Reasons = [new Reason(Reason.OfRule, rule.Reference.Title, 0), new Reason("count", what, Math.Round(match.Count))],
            Evidence = [.. examples.Select(static e => e.Evidence).Distinct()],
        };
    }

    private static string What(CorrelationRule rule, CorrelationMatch match, ActivityExample? example)
    {
        string span = Span(rule.Timespan);
        string like = example is null ? "" : $", such as {example.What}";
        string usual = rule.TimesUsual > 0 ? $" ({(match.Usual > 0 ? Number(match.Usual) : "none")} usual)" : "";
        return rule.Type switch
        {
            CorrelationType.EventCount => $"{Number(match.Count)} requests within {span}{usual}{like}",
            CorrelationType.ValueCount => $"{Number(match.Count)} different {Plural(rule.CountedField)} within {span}{usual}{like}",
            CorrelationType.FirstSeen => $"{Word(rule.CountedField)} as never before{like}",
            CorrelationType.Absent => $"not followed by what should come within {span}{like}",
            _ => $"{rule.Rules.Count} steps within {span}{like}",
        };
    }

    private static string Span(TimeSpan span) =>
        span.TotalHours >= 2 ? $"{Number(span.TotalHours)} hours"
        : span.TotalMinutes >= 1 ? $"{Number(span.TotalMinutes)} minutes"
        : $"{Number(span.TotalSeconds)} seconds";

    private static string Number(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Group(CorrelationRule rule, ActivityKey key)
    {
        string[] values = key.Group.Split(ActivityKey.Separator);
        return rule.GroupFields.Count == 0 ? "the cluster"
            : string.Join(", ", rule.GroupFields.Select((field, i) => $"{Word(field)} {values[i]}"));
    }

    private static string Word(string field) => field switch
    {
        PrincipalField or UserField => "principal",
        AddressField => "address",
        NetworkField => "network",
        "crowsnest.credentialId" => "credential",
        "objectRef.resource" => "kind",
        "objectRef.namespace" => "namespace",
        "objectRef.name" => "name",
        "requestURI" => "path",
        "podSpec.registries" => "image registry",
        _ => field,
    };

    private static string Plural(string field) => Word(field) is var word && word == field ? $"values of {field}"
        : word.EndsWith('s') ? $"{word}es" : $"{word}s";

    private static string? Value(CorrelationRule rule, ActivityKey key, string field)
    {
        int at = rule.GroupFields.ToList().IndexOf(field);
        return at < 0 ? null : key.Group.Split(ActivityKey.Separator)[at];
    }
}
