using System.Text.Json.Nodes;
using Crowsnest.Core.Audit;

namespace Crowsnest.Testing;

/// <summary>Builds audit events as JSON, field by field in the order in which an API server writes them.</summary>
public sealed record EventJson
{
    public string AuditId { get; init; } = "6f0c8b6e-0000-4000-8000-000000000001";

    public string Stage { get; init; } = "ResponseComplete";

    public string Level { get; init; } = "Request";

    public string Verb { get; init; } = "create";

    public string? RequestUri { get; init; }

    public string User { get; init; } = "jane@example.org";

    public string[] Groups { get; init; } = ["system:authenticated"];

    public string? Impersonated { get; init; }

    public string[] SourceIPs { get; init; } = ["198.51.100.7"];

    public string UserAgent { get; init; } = "kubectl/v1.35.0 (linux/amd64) kubernetes/abcdef";

    public string Resource { get; init; } = "pods";

    public string Subresource { get; init; } = "";

    public string Namespace { get; init; } = "shop";

    public string Name { get; init; } = "web";

    public string ApiGroup { get; init; } = "";

    public int Code { get; init; } = 201;

    /// <summary>What the authorizer gives as its reason.</summary>
    public string AllowedBy { get; init; } = "";

    public string? RequestObject { get; init; }

    public DateTimeOffset Time { get; init; } = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    /// <summary>The event as one line of JSON.</summary>
    public override string ToString()
    {
        JsonObject json = new()
        {
            ["kind"] = "Event",
            ["apiVersion"] = "audit.k8s.io/v1",
            ["level"] = Level,
            ["auditID"] = AuditId,
            ["stage"] = Stage,
            ["requestURI"] = RequestUri ?? $"/api/v1/namespaces/{Namespace}/{Resource}/{Name}",
            ["verb"] = Verb,
            ["user"] = new JsonObject { ["username"] = User, ["groups"] = Array(Groups) },
        };
        if (Impersonated is not null)
        {
            json["impersonatedUser"] = new JsonObject { ["username"] = Impersonated };
        }

        json["sourceIPs"] = Array(SourceIPs);
        json["userAgent"] = UserAgent;
        if (Resource.Length > 0)
        {
            JsonObject target = new() { ["resource"] = Resource };
            Set(target, "namespace", Namespace);
            Set(target, "name", Name);
            Set(target, "apiGroup", ApiGroup);
            target["apiVersion"] = "v1";
            Set(target, "subresource", Subresource);
            json["objectRef"] = target;
        }

        json["responseStatus"] = new JsonObject { ["metadata"] = new JsonObject(), ["code"] = Code };
        if (RequestObject is not null)
        {
            json["requestObject"] = JsonNode.Parse(RequestObject);
        }

        string time = Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", System.Globalization.CultureInfo.InvariantCulture);
        json["requestReceivedTimestamp"] = time;
        json["stageTimestamp"] = time;
        json["annotations"] = new JsonObject
        {
            ["authorization.k8s.io/decision"] = Code is 401 or 403 ? "forbid" : "allow",
            ["authorization.k8s.io/reason"] = AllowedBy,
        };
        return json.ToJsonString();
    }

    /// <summary>The event as the record that AKS sends, its log a string.</summary>
    public string ToAksRecord(string category = "kube-audit") => AksRecord(ToString() + "\n", category);

    /// <summary>The event as parsed.</summary>
    public AuditEvent ToEvent()
    {
        AuditParseStatus status = new AuditEventParser().Parse(
            System.Text.Encoding.UTF8.GetBytes(ToString()), "test", Time, out AuditEvent? audit);
        return status == AuditParseStatus.Parsed ? audit! : throw new InvalidOperationException($"the event is {status}");
    }

    /// <summary>A record of AKS around any log line.</summary>
    public static string AksRecord(string log, string category = "kube-audit") => new JsonObject
    {
        ["time"] = "2026-11-02T10:00:01.995191417Z",
        ["resourceId"] = "/SUBSCRIPTIONS/0/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD",
        ["category"] = category,
        ["operationName"] = "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read",
        ["properties"] = new JsonObject { ["log"] = log, ["stream"] = "stdout", ["pod"] = "kube-apiserver-1" },
    }.ToJsonString();

    private static JsonArray Array(string[] texts) => new([.. texts.Select(static text => (JsonNode)text)]);

    private static void Set(JsonObject target, string name, string value)
    {
        if (value.Length > 0)
        {
            target[name] = value;
        }
    }
}
