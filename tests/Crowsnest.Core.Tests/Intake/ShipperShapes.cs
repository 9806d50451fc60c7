using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Intake;

/// <summary>One event in the forms in which shippers and platforms pass it on.</summary>
internal static class ShipperShapes
{
    private const string Id = "/subscriptions/0/resourcegroups/rg/providers/microsoft.containerservice/managedclusters/prod";
    private const string Prefix = "2026-11-02T10:00:00.123456789Z";

    private static readonly string Event = new EventJson { RequestUri = "/api/v1/namespaces/shop/pods?a=1&b=2" }.ToString();

    public static TheoryData<string, string> All => new()
    {
        { "AKSAudit", $$"""{"records":[{{Row(static name => name)}}]}""" },
        { "AKSAuditAdmin alone", Row(static name => name).Replace("AKSAudit", "AKSAuditAdmin", StringComparison.Ordinal) },
        { "row with objects as text", TextRow() },
        { "row in small letters", Row(static name => name.ToLowerInvariant()) },
        { "AzureDiagnostics", $$"""{"records":[{"Category":"kube-audit","ResourceId":"{{Id.ToUpperInvariant()}}","log_s":{{Text(Event)}},"Type":"AzureDiagnostics"}]}""" },
        { "category in other letters", $$"""{"Category":"Kube-Audit","log_s":{{Text(Event)}}}""" },
        { "message as text", $$"""{"@timestamp":"2026-11-02T10:00:01Z","host":{"name":"m"},"message":{{Text(Event)}}}""" },
        { "message as an object", $$"""{"host":{"name":"m"},"message":{{Event}}}""" },
        { "any name", $$$"""{"a":1,"payload":{"data":{{{Event}}}}}""" },
        { "text in text", $$$"""{"message":{{{Text($$$"""{"log":{{{Text(Event + "\n")}}}}""")}}}}""" },
        { "log that is of a file", $$$"""{"log":{"offset":5,"file":{"path":"audit.log"}},"message":{{{Text(Event)}}}}""" },
        { "log of a container", $$$"""{"log":{{{Text($"{Prefix} stdout F {Event}")}}}}""" },
        { "Elasticsearch", $$$"""{"_index":"x","_source":{"kubernetes":{"audit":{{{Event.Replace("authorization.k8s.io/", "authorization_k8s_io/", StringComparison.Ordinal)}}} },"event":{"dataset":"a"} }}""" },
        { "event.original", $$$"""{"kubernetes":{"audit":{"verb":"create"}},"event":{"original":{{{Text(Event)}}}}}""" },
        { "paths as names", Flat() },
        { "CloudWatch subscription", $$"""{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"/aws/eks/prod/cluster","logStream":"kube-apiserver-audit-0a","logEvents":[{"id":"3","timestamp":1793613600000,"message":{{Text(Event)}}}]}""" },
        { "CloudWatch for a function", $$$"""{"awslogs":{"data":"{{{Packed($$"""{"logEvents":[{"message":{{Text(Event)}}}]}""")}}}"}}""" },
        { "CloudWatch query", $$"""{"events":[{"timestamp":1793613600000,"message":{{Text(Event)}},"eventId":"1"}]}""" },
        { "OpenTelemetry", $$$"""{"resourceLogs":[{"resource":{},"scopeLogs":[{"logRecords":[{"body":{"stringValue":{{{Text(Event)}}}}}]}]}]}""" },
        { "Loki", $$$"""{"streams":[{"stream":{"job":"audit"},"values":[["1793613600000000000",{{{Text(Event)}}}]]}]}""" },
        { "records in a body", $$$"""{"sequence":1,"body":{{{Text($$"""{"records":[{{new EventJson().ToAksRecord()}}]}""")}}}}""" },
        { "text alone", Text(Event) },
        { "list of texts", $"[{Text(Event)}]" },
        { "CloudWatch export", $"{Prefix} {Event}\r\n" },
        { "CRI", $"{Prefix} stdout F {Event}\n" },
        { "CRI in parts", $"{Prefix} stdout P {Event[..100]}\n{Prefix} stdout P {Event[100..300]}\n{Prefix} stdout F {Event[300..]}\n" },
        { "syslog", $"<13>Nov  2 10:00:00 master kube-apiserver[7]: {Event}\n" },
        { "syslog of 2009", $"<14>1 2026-11-02T10:00:00Z master audit 7 - [meta@1 a=\"b\"] \uFEFF{Event}" },
        { "CEE", $"@cee: {Event}" },
        { "time in brackets", $"[2026-11-02 10:00:00] {Event}" },
        { "prefix before a list", $$"""{{Prefix}} {"kind":"EventList","items":[{{Event}}]}""" },
    };

    private static string Row(Func<string, string> named)
    {
        JsonObject json = JsonNode.Parse(Event)!.AsObject();
        JsonObject row = new() { ["TenantId"] = "t", ["TimeGenerated"] = "2026-11-02T10:00:01Z", ["Type"] = "AKSAudit", ["_ResourceId"] = Id };
        foreach ((string name, JsonNode? value) in json)
        {
            string column = name switch
            {
                "auditID" => "AuditId",
                "requestURI" => "RequestUri",
                "sourceIPs" => "SourceIps",
                "requestReceivedTimestamp" => "RequestReceivedTime",
                "stageTimestamp" => "StageReceivedTime",
                _ => char.ToUpperInvariant(name[0]) + name[1..],
            };
            row[named(column)] = value?.DeepClone();
        }

        row["ResponseObject"] = null;
        return row.ToJsonString();
    }

    private static string TextRow()
    {
        JsonObject row = JsonNode.Parse(Row(static name => name))!.AsObject();
        foreach (string column in new[] { "User", "ObjectRef", "SourceIps", "ResponseStatus", "Annotations" })
        {
            row[column] = row[column]!.ToJsonString();
        }

        return row.ToJsonString();
    }

    private static string Flat()
    {
        JsonObject flat = [];
        foreach ((string name, JsonNode? value) in JsonNode.Parse(Event)!.AsObject())
        {
            if (value is JsonObject inner)
            {
                foreach ((string key, JsonNode? one) in inner)
                {
                    flat[$"kubernetes.audit.{name}.{key}"] = one is JsonArray ? one.DeepClone() : new JsonArray(one?.DeepClone());
                }
            }
            else
            {
                flat[$"kubernetes.audit.{name}"] = value is JsonArray ? value.DeepClone() : new JsonArray(value?.DeepClone());
            }
        }

        return new JsonObject { ["_id"] = "1", ["fields"] = flat }.ToJsonString();
    }

    private static string Packed(string text)
    {
        using MemoryStream stream = new();
        using (GZipStream zip = new(stream, CompressionLevel.Fastest))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return Convert.ToBase64String(stream.ToArray());
    }

    private static string Text(string text) => JsonSerializer.Serialize(text);
}
