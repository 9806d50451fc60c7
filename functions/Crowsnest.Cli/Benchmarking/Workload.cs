using System.Text;
using System.Text.Json;
using Crowsnest.Azure.Files;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;

namespace Crowsnest.Cli.Benchmarking;

/// <summary>The events of a file, unpacked in memory, as they are and as AKS would send them.</summary>
internal sealed class Workload
{
    private const int RecordsPerMessage = 20;
    private const int EventsPerPiece = 500;

    private Workload(List<ReadOnlyMemory<byte>> events) => Events = events;

    /// <summary>One raw event each.</summary>
    internal IReadOnlyList<ReadOnlyMemory<byte>> Events { get; }

    /// <summary>The same as JSON lines in pieces, as a file or an audit log is read.</summary>
    internal IReadOnlyList<HubMessage> Lines { get; private set; } = [];

    /// <summary>The same as Event Hub messages of AKS.</summary>
    internal IReadOnlyList<HubMessage> Messages { get; private set; } = [];

    internal long Bytes => Events.Sum(static e => (long)e.Length);

    internal static async Task<Workload> LoadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        List<ReadOnlyMemory<byte>> events = [];
        MessageReader reader = new(new AuditEventParser(), "default");
        await using Stream stream = await AuditFile.OpenAsync(file.FullName, cancellationToken);
        await foreach (HubMessage piece in AuditFile.ReadPiecesAsync(stream, cancellationToken))
        {
            using IntakeBatch batch = new();
            reader.Read(piece, batch);
            events.AddRange(batch.Records.Where(static record => record.Event is not null)
                .Select(static record => (ReadOnlyMemory<byte>)record.Event!.Json.ToArray()));
        }

        return events.Count > 0
            ? new Workload(events) { Lines = ToLines(events), Messages = ToMessages(events) }
            : throw new UsageException($"{file.Name} holds no audit event");
    }

    private static List<HubMessage> ToLines(List<ReadOnlyMemory<byte>> events) =>
    [
        .. events.Chunk(EventsPerPiece).Select(static (piece, i) =>
        {
            using MemoryStream stream = new();
            foreach (ReadOnlyMemory<byte> line in piece)
            {
                stream.Write(line.Span);
                stream.WriteByte((byte)'\n');
            }

            return new HubMessage(stream.ToArray(), i, default);
        }),
    ];

    private static List<HubMessage> ToMessages(List<ReadOnlyMemory<byte>> events) =>
    [
        .. events.Chunk(RecordsPerMessage).Select(static (records, i) =>
        {
            using MemoryStream stream = new();
            using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                writer.WriteStartObject();
                writer.WriteStartArray("records");
                foreach (ReadOnlyMemory<byte> record in records)
                {
                    writer.WriteStartObject();
                    writer.WriteString("category", "kube-audit");
                    writer.WriteString("operationName", "Microsoft.ContainerService/managedClusters/diagnosticLogs/Read");
                    writer.WriteStartObject("properties");
                    writer.WriteString("log", Encoding.UTF8.GetString(record.Span) + "\n");
                    writer.WriteString("stream", "stdout");
                    writer.WriteString("pod", "kube-apiserver-7c9d5b6f4d-bench");
                    writer.WriteEndObject();
                    writer.WriteString("resourceId", "/SUBSCRIPTIONS/0/RESOURCEGROUPS/BENCH/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/BENCH");
                    writer.WriteString("time", "2026-11-02T10:00:01.995191417Z");
                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            return new HubMessage(stream.ToArray(), i, default);
        }),
    ];
}
