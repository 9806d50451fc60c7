using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crowsnest.Azure.Hubs;

/// <summary>Puts audit events into messages as AKS diagnostic settings send them: <c>{"records":[…]}</c>, each event a text.</summary>
/// <param name="resourceId">Resource id of the cluster.</param>
public sealed class AksEnvelope(string resourceId)
{
    private const string Category = "kube-audit";

    // As AKS writes it: no more is escaped than JSON asks for.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A resource id, made of a cluster's name unless it is one.</summary>
    public static string ResourceId(string cluster) => cluster.StartsWith('/') ? cluster
        : "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/SENT/PROVIDERS/MICROSOFT.CONTAINERSERVICE"
            + $"/MANAGEDCLUSTERS/{cluster.ToUpperInvariant()}";

    /// <summary>The record around an event.</summary>
    /// <param name="json">The event.</param>
    /// <param name="time">When it was logged, UTC.</param>
    public byte[] Record(ReadOnlySpan<byte> json, DateTimeOffset time)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("category", Category);
            writer.WriteString("operationName", "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read");
            writer.WriteStartObject("properties");
            writer.WriteString("log", Encoding.UTF8.GetString(json) + "\n");
            writer.WriteString("stream", "stdout");
            writer.WriteString("pod", "kube-apiserver-0");
            writer.WriteEndObject();
            writer.WriteString("resourceId", resourceId);
            writer.WriteString("time", time);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>A message of records.</summary>
    public static byte[] Message(IEnumerable<ReadOnlyMemory<byte>> records)
    {
        using MemoryStream stream = new();
        stream.Write("{\"records\":["u8);
        bool isFirst = true;
        foreach (ReadOnlyMemory<byte> record in records)
        {
            stream.Write(isFirst ? ""u8 : ","u8);
            stream.Write(record.Span);
            isFirst = false;
        }

        stream.Write("]}"u8);
        return stream.ToArray();
    }
}
