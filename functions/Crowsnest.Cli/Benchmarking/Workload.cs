using Crowsnest.Azure.Files;
using Crowsnest.Azure.Hubs;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;

namespace Crowsnest.Cli.Benchmarking;

/// <summary>The events of a file, unpacked in memory, as they are and as AKS would send them.</summary>
internal sealed class Workload
{
    private const int RecordsPerMessage = 20;
    private const int EventsPerPiece = 500;

    private static readonly DateTimeOffset Logged = new(2026, 11, 2, 10, 0, 1, TimeSpan.Zero);

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

    private static List<HubMessage> ToMessages(List<ReadOnlyMemory<byte>> events)
    {
        AksEnvelope envelope = new(AksEnvelope.ResourceId("bench"));
        return
        [
            .. events.Chunk(RecordsPerMessage).Select((records, i) => new HubMessage(
                AksEnvelope.Message(records.Select(record => (ReadOnlyMemory<byte>)envelope.Record(record.Span, Logged))), i, default)),
        ];
    }
}
