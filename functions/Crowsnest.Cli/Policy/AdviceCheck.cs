using System.Text.Json;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;

namespace Crowsnest.Cli.Policy;

/// <summary>What was found in a capture, and under a policy: whether it is the same to the last character.</summary>
/// <param name="What">Detections, incidents or alerts.</param>
/// <param name="Before">How many in the capture.</param>
/// <param name="After">How many under the policy.</param>
/// <param name="Lost">Those that there are no more, or not as they were.</param>
/// <param name="New">Those that there were not, or not so.</param>
internal sealed record AdviceCheck(string What, int Before, int After, int Lost, int New)
{
    internal bool IsSame => Lost + New == 0;

    internal static IReadOnlyList<AdviceCheck> Of(IReadOnlyList<Detection> before, IReadOnlyList<Detection> after)
    {
        IReadOnlyList<Incident> was = IncidentBuilder.Group(before);
        IReadOnlyList<Incident> will = IncidentBuilder.Group(after);
        return
        [
            Of("detections", before.Select(Text), after.Select(Text)),
            Of("incidents", was.Select(Text), will.Select(Text)),
            Of("alerts", was.SelectMany(Alert.For).Select(Text), will.SelectMany(Alert.For).Select(Text)),
        ];
    }

    private static AdviceCheck Of(string what, IEnumerable<string> before, IEnumerable<string> after)
    {
        HashSet<string> was = new(before, StringComparer.Ordinal);
        HashSet<string> will = new(after, StringComparer.Ordinal);
        return new(what, was.Count, will.Count, was.Except(will).Count(), will.Except(was).Count());
    }

    private static string Text(Detection one) => JsonSerializer.Serialize(one, OutputJson.Lines.Detection);

    private static string Text(Incident one) => JsonSerializer.Serialize(one, OutputJson.Lines.Incident);

    private static string Text(Alert one) => JsonSerializer.Serialize(one, OutputJson.Lines.Alert);
}
