using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Alerting;

/// <summary>Shows archived records to people.</summary>
public static class EvidenceText
{
    // The API server takes as much, and so does EvidenceWriter.
    private static readonly JsonDocumentOptions Parsing = new()
    {
        MaxDepth = 100,
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>
    /// A record as text: JSON over several lines, with the values of <see cref="EvidenceFields"/> and of all others the shape, and
    /// with every character escaped that is not seen, such as marks of direction. Of a record that was cut what intake read of
    /// it; of one that is no event its size. Not encoded for HTML.
    /// </summary>
    /// <param name="line">The record's line in the archive.</param>
    /// <returns>The text, and the ids of the requests that it tells of.</returns>
    public static (string Text, IReadOnlyList<string> AuditIds) Of(ReadOnlyMemory<byte> line)
    {
        using IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "").Read(new HubMessage(line, 0, DateTimeOffset.UnixEpoch), batch);
        StringBuilder text = new();
        foreach (IntakeRecord record in batch.Records)
        {
            string? shown = record.Event is { IsWhole: false } || record.Outcome == IntakeOutcome.Quarantined ? null
                : Show(RecordRedactor.WithoutCredentialBodies(record));
            text.Append(shown ?? (record.Event is { } audit ? Show(audit) : ShapeOf(record))).Append('\n');
        }

        return (text.ToString(), [.. batch.Records.Select(static record => record.Event?.AuditId ?? "")]);
    }

    private static string? Show(ReadOnlyMemory<byte> json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(SurrogateEscapes.Mend(json), Parsing);
            return document.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array
                ? Write(writer => new EvidenceWriter(writer).Write(document.RootElement, "", isFree: false)) : null;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            // Cut, or nested too deep.
            return null;
        }
    }

    // An event that was cut: as much of it as was read, and not its bodies.
    private static string Show(AuditEvent audit)
    {
        JsonObject known = new()
        {
            ["auditID"] = audit.AuditId,
            ["stage"] = audit.Stage.ToString(),
            ["verb"] = audit.Verb,
            ["requestURI"] = audit.RequestUri,
            ["user"] = new JsonObject
            {
                ["username"] = audit.User.Username,
                ["groups"] = new JsonArray([.. audit.User.Groups.Select(static group => (JsonNode)group)]),
            },
            ["impersonatedUser"] = audit.ImpersonatedUser is { } assumed ? new JsonObject { ["username"] = assumed.Username } : null,
            ["sourceIPs"] = new JsonArray([.. audit.SourceIPs.Select(static address => (JsonNode)address)]),
            ["userAgent"] = audit.UserAgent,
            ["objectRef"] = new JsonObject
            {
                ["resource"] = audit.ObjectRef.Resource,
                ["subresource"] = audit.ObjectRef.Subresource,
                ["namespace"] = audit.ObjectRef.Namespace,
                ["name"] = audit.ObjectRef.Name,
            },
            ["responseStatus"] = new JsonObject { ["code"] = audit.ResponseCode, ["reason"] = audit.ResponseReason },
            ["time"] = audit.Time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
            ["truncated"] = true,
        };
        return Show(Encoding.UTF8.GetBytes(known.ToJsonString())) ?? "";
    }

    private static string ShapeOf(in IntakeRecord record) => string.Create(
        CultureInfo.InvariantCulture,
        $"{record.Raw.Length:N0} bytes that are no audit event{(record.Reason == default ? "" : $": {record.Reason}")}");

    private static string Write(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (Utf8JsonWriter writer = new(buffer, EvidenceWriter.Options))
        {
            write(writer);
        }

        return SafeText.Seen(Encoding.UTF8.GetString(buffer.WrittenSpan), keepsLines: true);
    }
}
