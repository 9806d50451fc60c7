using Crowsnest.Core.Audit;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Intake;

/// <summary>
/// Makes the records of a batch of what was found in a message: an event, what a broken one said, another category, or what
/// nobody can read. Not thread-safe.
/// </summary>
internal sealed class RecordBuilder(AuditEventParser parser)
{
    private readonly ClusterNames _clusters = new();
    private readonly CategoryNames _categories = new();
    private string _unnamed = "";
    private bool _isOfOneCluster;
    private DateTimeOffset _enqueued;
    private int _mayUnpack;
    private WrapperReader? _wrappers;

    private WrapperReader Wrappers
    {
        get
        {
            if (_wrappers is null)
            {
                _wrappers = new(parser, _clusters, _categories);
                _wrappers.Begin(_isOfOneCluster, _mayUnpack);
            }

            return _wrappers;
        }
    }

    /// <summary>Begins a message.</summary>
    /// <param name="unnamed">The cluster of records that name none.</param>
    /// <param name="isOfOneCluster">True when all records are of that cluster, whatever they say.</param>
    /// <param name="enqueued">The time of those that say none.</param>
    /// <param name="mayUnpack">Bytes that all that is packed within it may unpack to.</param>
    internal void Begin(string unnamed, bool isOfOneCluster, DateTimeOffset enqueued, int mayUnpack)
    {
        _mayUnpack = mayUnpack;
        _unnamed = unnamed;
        _isOfOneCluster = isOfOneCluster;
        _enqueued = enqueued;
        _wrappers?.Begin(isOfOneCluster, mayUnpack);
    }

    /// <summary>Adds a record that was walked over.</summary>
    internal void Add(ReadOnlyMemory<byte> raw, in RecordFields fields, IntakeBatch batch)
    {
        IntakeRecord record = ToRecord(raw, fields) with { Category = _categories.Get(fields.Category.Span) };
        if (record.Outcome == IntakeOutcome.Quarantined)
        {
            AddUnknown(raw, record.Reason, batch, record.Cluster, record.Category);
        }
        else
        {
            batch.Add(record);
        }
    }

    /// <summary>
    /// Adds what is none of the known shapes. Others are tried only here: the common way pays nothing for them.
    /// </summary>
    internal void AddUnknown(
        ReadOnlyMemory<byte> raw, QuarantineReason reason, IntakeBatch batch, string? cluster = null, string category = "")
    {
        bool isGoogle = ForeignFormat.IsGoogleCloudAudit(raw.Span);
        if (isGoogle || !Wrappers.Read(raw, new(raw, cluster ?? _unnamed, _enqueued, category, false, 0), batch))
        {
            QuarantineReason why = isGoogle ? QuarantineReason.GoogleCloudAudit : reason;
            batch.Add(new(raw, IntakeOutcome.Quarantined, why, cluster ?? _unnamed, null) { Category = category });
        }
    }

    /// <summary>Adds what stands in a line behind a prefix.</summary>
    /// <returns>False when the line holds no such thing.</returns>
    internal bool AddLine(ReadOnlyMemory<byte> body, int start, IntakeBatch batch, out int after) =>
        new LineReader(Wrappers).TryRead(body, start, new(default, _unnamed, _enqueued, "", false, 0), batch, out after);

    /// <summary>Adds a bare event.</summary>
    /// <returns>Its length; 0 when there is none that can be read whole.</returns>
    internal int AddEvent(ReadOnlyMemory<byte> rest, IntakeBatch batch)
    {
        AuditParseStatus status = parser.Parse(rest, _unnamed, _enqueued, out AuditEvent? audit, out int length);
        if (status != AuditParseStatus.Parsed)
        {
            return 0;
        }

        batch.Add(new(rest[..length], IntakeOutcome.Parsed, QuarantineReason.None, _unnamed, audit));
        return length;
    }

    /// <summary>Adds what is no whole JSON: as the event that it began with, or set aside.</summary>
    internal void AddBroken(ReadOnlyMemory<byte> broken, QuarantineReason fault, IntakeBatch batch)
    {
        AuditParseStatus status = parser.Parse(broken, _unnamed, _enqueued, out AuditEvent? salvaged);
        if (status == AuditParseStatus.Salvaged)
        {
            batch.Add(new(broken, IntakeOutcome.Salvaged, QuarantineReason.None, _unnamed, salvaged));
        }
        else if (!Wrappers.Salvage(broken, new(broken, _unnamed, _enqueued, "", false, 0), batch))
        {
            Quarantine(broken, ForeignFormat.Of(broken.Span, fault), batch);
        }
    }

    /// <summary>A message that ends inside a record's log still gives what the log said until then.</summary>
    internal bool Salvage(ReadOnlyMemory<byte> raw, in RecordFields fields, IntakeBatch batch)
    {
        if (JsonSkipper.End(raw.Span, 0) >= 0)
        {
            return false;
        }

        string cluster = ClusterOf(fields.ResourceId.Span);
        DateTimeOffset time = fields.Time == default ? _enqueued : fields.Time;
        AuditParseStatus status = parser.Parse(fields.Log, cluster, time, out AuditEvent? audit);
        MarkAks(audit, fields);
        if (status is AuditParseStatus.Parsed or AuditParseStatus.Salvaged)
        {
            batch.Add(new(raw, IntakeOutcome.Salvaged, QuarantineReason.None, cluster, audit)
            {
                Category = _categories.Get(fields.Category.Span),
            });
            return true;
        }

        return false;
    }

    internal void Quarantine(ReadOnlyMemory<byte> raw, QuarantineReason reason, IntakeBatch batch) =>
        batch.Add(new(raw, IntakeOutcome.Quarantined, reason, _unnamed, null));

    private IntakeRecord ToRecord(ReadOnlyMemory<byte> raw, in RecordFields fields)
    {
        string cluster = ClusterOf(fields.ResourceId.Span);
        ReadOnlySpan<byte> category = fields.Category.Span;
        if (!category.IsEmpty && !category.SequenceEqual("kube-audit"u8) && !CategoryNames.IsAudit(category))
        {
            return new(raw, IntakeOutcome.OtherCategory, QuarantineReason.None, cluster, null);
        }

        if (!fields.HasLog && !fields.LooksLikeEvent)
        {
            return new(raw, IntakeOutcome.Quarantined, QuarantineReason.UnknownShape, cluster, null);
        }

        DateTimeOffset time = fields.Time == default ? _enqueued : fields.Time;
        AuditParseStatus status = parser.Parse(fields.HasLog ? fields.Log : raw, cluster, time, out AuditEvent? audit);
        MarkAks(audit, fields);
        return status switch
        {
            AuditParseStatus.Parsed => new(raw, IntakeOutcome.Parsed, QuarantineReason.None, cluster, audit),
            AuditParseStatus.Salvaged => new(raw, IntakeOutcome.Salvaged, QuarantineReason.None, cluster, audit),
            _ => new(raw, IntakeOutcome.Quarantined, QuarantineReason.NotAnAuditEvent, cluster, null),
        };
    }

    // Only Azure names the record's resource and category.
    private static void MarkAks(AuditEvent? audit, in RecordFields fields)
    {
        if (audit is not null)
        {
            audit.IsAks = !fields.ResourceId.IsEmpty || !fields.Category.IsEmpty;
        }
    }

    private string ClusterOf(ReadOnlySpan<byte> resourceId) =>
        resourceId.IsEmpty || _isOfOneCluster ? _unnamed : _clusters.Of(resourceId);
}
