using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;

namespace Crowsnest.Azure.Columns;

/// <summary>The events of one cluster's hour as a Parquet file. docs/archive.md has the columns; readers depend on them.</summary>
internal sealed class EventFile(string path) : IDisposable
{
    internal static readonly IReadOnlyList<Column> Columns =
    [
        new("time", ColumnType.Time),
        new("audit_id", ColumnType.OwnText),
        new("stage", ColumnType.Text),
        new("level", ColumnType.Text),
        new("verb", ColumnType.Text),
        new("principal", ColumnType.Text),
        new("user", ColumnType.Text),
        new("groups", ColumnType.Text),
        new("impersonated_user", ColumnType.Text),
        new("credential_id", ColumnType.Text),
        new("pod", ColumnType.Text),
        new("decision", ColumnType.Text),
        new("reason", ColumnType.Text),
        new("api_group", ColumnType.Text),
        new("api_version", ColumnType.Text),
        new("resource", ColumnType.Text),
        new("subresource", ColumnType.Text),
        new("namespace", ColumnType.Text),
        new("name", ColumnType.Text),
        new("client_ip", ColumnType.Text),
        new("source_ips", ColumnType.Text),
        new("user_agent", ColumnType.Text),
        new("response_code", ColumnType.Int32),
        new("request_uri", ColumnType.Text),
        new("is_whole", ColumnType.Int32),
        new("is_request", ColumnType.Int32),
        new("audit_hash", ColumnType.Int32),
        new("raw_blob", ColumnType.Text),
        new("raw_line", ColumnType.Int32),
        new("json", ColumnType.OwnText),
    ];

    private static readonly string[] Restored = ["time", "raw_blob", "raw_line", "json"];

    private readonly ColumnFileWriter _file = new(path, Columns);
    private (string Text, byte[] Utf8) _blob = ("", []);
    private readonly Dictionary<IReadOnlyList<string>, string> _lists = new(ReferenceEqualityComparer.Instance);

    /// <summary>The rows of a file, in order.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    internal static IEnumerable<EventRow> Read(string path, string cluster, AuditEventParser parser)
    {
        foreach (ColumnFileReader.ColumnRow row in new ColumnFileReader(path, Restored).Read())
        {
            byte[] json = row.Utf8(3);
            AuditEvent audit = EventRow.Read(parser, json, cluster, row.Time(0))
                ?? throw new InvalidDataException($"a row of {Path.GetFileName(path)} holds no event");
            yield return EventRow.Of(audit, row.Text(1), (int)row.Number(2), json);
        }
    }

    /// <summary>Counts the rows of a file, without reading what their events say.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    internal static RowSum Sum(string path)
    {
        RowSum sum = default;
        foreach (ColumnFileReader.ColumnRow row in new ColumnFileReader(path, Restored).Read())
        {
            sum = sum.With(row.Number(0), row.Utf8(3), row.Utf8(1), row.Number(2));
        }

        return sum;
    }

    /// <summary>What <see cref="Sum"/> finds when the file holds what was added.</summary>
    internal RowSum Added { get; private set; }

    /// <summary>
    /// What an auditID is found by: four bytes a row are read faster than the ids, which nothing makes smaller.
    /// The first four bytes of its SHA-256, big-endian.
    /// </summary>
    internal static int HashOf(string auditId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(auditId), hash);
        return BinaryPrimitives.ReadInt32BigEndian(hash);
    }

    /// <summary>Adds a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="audit">Its event.</param>
    /// <param name="isRequest">True for the event that its request is counted by: the first with an outcome.</param>
    internal void Add(EventRow row, AuditEvent audit, bool isRequest)
    {
        ObjectRef target = audit.ObjectRef;
        _file.Time(row.Time)
            .Text(audit.AuditId)
            .Text(TextOf(audit.Stage))
            .Text(TextOf(audit.Level))
            .Text(audit.Verb)
            .Text(audit.Principal)
            .Text(audit.User.Username)
            .Text(List(audit.User.Groups))
            .Text(audit.ImpersonatedUser?.Username ?? "")
            .Text(audit.User.CredentialId)
            .Text(audit.User.PodName)
            .Text(audit.Annotation("authorization.k8s.io/decision"))
            .Text(audit.Annotation("authorization.k8s.io/reason"))
            .Text(target.ApiGroup)
            .Text(target.ApiVersion)
            .Text(target.Resource)
            .Text(target.Subresource)
            .Text(target.Namespace)
            .Text(target.Name)
            .Text(audit.ClientAddress)
            .Text(List(audit.SourceIPs))
            .Text(audit.UserAgent)
            .Number(audit.ResponseCode)
            .Text(audit.RequestUri)
            .Number(row.IsWhole ? 1 : 0)
            .Number(isRequest ? 1 : 0)
            .Number(HashOf(audit.AuditId))
            .Text(row.Blob)
            .Number(row.Line)
            .Text(row.Json.Span);
        Added = Added.With(ColumnFileWriter.Microseconds(row.Time), row.Json.Span, Utf8(row.Blob), row.Line);
    }

    // Rows of one blob mostly come together.
    private ReadOnlySpan<byte> Utf8(string blob)
    {
        if (!ReferenceEquals(blob, _blob.Text))
        {
            _blob = (blob, Encoding.UTF8.GetBytes(blob));
        }

        return _blob.Utf8;
    }

    internal void End() => _file.End();

    public void Dispose() => _file.Dispose();

    private static string TextOf(AuditStage stage) => stage switch
    {
        AuditStage.RequestReceived => nameof(AuditStage.RequestReceived),
        AuditStage.ResponseStarted => nameof(AuditStage.ResponseStarted),
        AuditStage.ResponseComplete => nameof(AuditStage.ResponseComplete),
        AuditStage.Panic => nameof(AuditStage.Panic),
        _ => "",
    };

    private static string TextOf(AuditLevel level) => level switch
    {
        AuditLevel.None => nameof(AuditLevel.None),
        AuditLevel.Metadata => nameof(AuditLevel.Metadata),
        AuditLevel.Request => nameof(AuditLevel.Request),
        AuditLevel.RequestResponse => nameof(AuditLevel.RequestResponse),
        _ => "",
    };

    // As JSON: a group's name may hold any separator. The lists of a user who comes again are the same object.
    private string List(IReadOnlyList<string> items)
    {
        if (!_lists.TryGetValue(items, out string? text))
        {
            if (_lists.Count >= 10_000)
            {
                _lists.Clear();
            }

            _lists.Add(items, text = items.Count == 0 ? "[]" : JsonSerializer.Serialize(items));
        }

        return text;
    }
}
