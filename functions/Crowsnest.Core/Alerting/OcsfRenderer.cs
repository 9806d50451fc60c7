using System.Globalization;
using System.Text.Json.Nodes;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Alerting;

/// <summary>
/// Writes an incident as a Detection Finding of the Open Cybersecurity Schema Framework (class 2004, schema 1.3.0), for security lakes and
/// SIEMs: https://schema.ocsf.io/1.3.0/classes/detection_finding.
/// </summary>
public static class OcsfRenderer
{
    private const string Schema = "1.3.0";
    private const int Category = 2;
    private const int Class = 2004;

    /// <summary>The finding as JSON.</summary>
    /// <param name="incident">The incident with its findings.</param>
    /// <param name="state">Where the work on it stands.</param>
    public static string Render(Incident incident, CaseState state)
    {
        // Create, or close: what is being looked at is still the finding as created.
        int activity = state is CaseState.New or CaseState.InProgress ? 1 : 3;
        JsonObject finding = new()
        {
            ["activity_id"] = activity,
            ["category_uid"] = Category,
            ["class_uid"] = Class,
            ["type_uid"] = (Class * 100) + activity,
            ["time"] = Milliseconds(incident.To),
            ["start_time"] = Milliseconds(incident.From),
            ["end_time"] = Milliseconds(incident.To),
            ["count"] = incident.Detections.Count,
            ["severity_id"] = 1 + (int)incident.Severity,
            ["severity"] = incident.Severity.ToString(),
            ["status_id"] = state switch { CaseState.New => 1, CaseState.InProgress => 2, _ => 4 },
            ["message"] = SafeText.OneLine(incident.Title),
            ["metadata"] = new JsonObject
            {
                ["version"] = Schema,
                ["uid"] = incident.Id,
                ["product"] = new JsonObject { ["name"] = "Crowsnest", ["vendor_name"] = "Crowsnest" },
            },
            ["finding_info"] = InfoOf(incident),
            ["evidences"] = new JsonArray([.. incident.Detections.Select(EvidenceOf)]),
            ["resources"] = new JsonArray([.. ResourcesOf(incident)]),
        };
        if (state is CaseState.Attack or CaseState.Expected)
        {
            finding["verdict_id"] = state == CaseState.Attack ? 2 : 1;
        }

        return finding.ToJsonString();
    }

    private static JsonObject InfoOf(Incident incident) => new()
    {
        ["uid"] = incident.Id,
        ["title"] = SafeText.OneLine(incident.Title),
        ["desc"] = SafeText.OneLine($"{incident.Lead.What}. {incident.Lead.GoingWhere}"),
        ["created_time"] = Milliseconds(incident.AlertFrom ?? incident.From),
        ["first_seen_time"] = Milliseconds(incident.From),
        ["last_seen_time"] = Milliseconds(incident.To),
        ["analytic"] = new JsonObject
        {
            ["uid"] = incident.Lead.Rule.Id,
            ["name"] = incident.Lead.Rule.Title,
            ["version"] = incident.Lead.Rule.Version,
            ["type_id"] = incident.Lead.Source == DetectionSource.Model ? 4 : 1,
        },
        ["attacks"] = new JsonArray([.. incident.Detections
            .SelectMany(static d => d.Techniques.SelectMany(
                AttackCatalogue.Tactics, static (technique, tactic) => (Technique: technique, Tactic: tactic)))
            .Distinct().Select(static pair => (JsonNode)new JsonObject
            {
                ["tactic"] = new JsonObject { ["name"] = pair.Tactic },
                ["technique"] = new JsonObject { ["uid"] = pair.Technique, ["name"] = AttackCatalogue.Name(pair.Technique) },
            })]),
    };

    private static JsonNode EvidenceOf(Detection detection)
    {
        JsonObject evidence = new()
        {
            ["actor"] = new JsonObject { ["user"] = new JsonObject { ["name"] = detection.Principal } },
            ["api"] = new JsonObject
            {
                ["operation"] = SafeText.OneLine(detection.What),
                ["request"] = new JsonObject { ["uid"] = detection.AuditIds is [{ } id, ..] ? id : detection.Id },
            },
            ["data"] = new JsonObject
            {
                ["uid"] = detection.Id,
                ["time"] = Milliseconds(detection.Time),
                ["rule"] = detection.Rule.Title,
                ["severity"] = detection.Severity.ToString(),
                ["on"] = SafeText.OneLine(detection.OnWhat),
                ["user_agent"] = SafeText.OneLine(detection.UserAgent),
                ["reasons"] = new JsonArray([.. detection.Reasons.Select(static reason => (JsonNode)SafeText.OneLine(reason.Text))]),
                ["places"] = new JsonArray([.. detection.Evidence.Select(static place =>
                    (JsonNode)string.Create(CultureInfo.InvariantCulture, $"{place.Blob}:{place.Line}"))]),
            },
        };
        if (detection.SourceIp.Length > 0)
        {
            evidence["src_endpoint"] = new JsonObject { ["ip"] = detection.SourceIp };
        }

        return evidence;
    }

    private static IEnumerable<JsonNode> ResourcesOf(Incident incident) => incident.Detections
        .Select(static d => d.Target).OfType<TargetObject>().Distinct()
        .Select(target => (JsonNode)new JsonObject
        {
            ["type"] = target.Resource,
            ["name"] = target.Name,
            ["namespace"] = target.Namespace,
            ["group"] = new JsonObject { ["name"] = incident.Cluster },
        });

    private static long Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds();
}
