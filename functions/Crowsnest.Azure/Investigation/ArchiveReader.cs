using System.Globalization;
using Crowsnest.Azure.Columns;

namespace Crowsnest.Azure.Investigation;

/// <summary>The files of one question, fetched when they are needed, and what may be asked of them.</summary>
internal sealed class ArchiveReader(
    ArchiveSelection selection, ArchiveCache cache, ArchiveDatabase database, InvestigationOptions options, Action<long> fetched)
    : IDisposable
{
    private long _opened;

    internal ArchiveSelection Selection => selection;

    internal ArchiveDatabase Database => database;

    public void Dispose() => database.Dispose();

    /// <summary>The ledger as a table of SQL.</summary>
    internal Task<string> LedgerAsync(CancellationToken cancellationToken) => RowsAsync(selection.Ledger, cancellationToken);

    /// <summary>The events as a table of SQL.</summary>
    internal Task<string> EventsAsync(CancellationToken cancellationToken) => RowsAsync(selection.Events, cancellationToken);

    /// <summary>The events of some of the time, as a table of SQL; null when there are none.</summary>
    internal async Task<string?> EventsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        List<ArchiveFile> files = [.. selection.Events.Where(file => file.Hour < to && file.Hour.AddHours(1) > from)];
        return files.Count == 0 ? null : await RowsAsync(files, cancellationToken);
    }

    /// <summary>The events of the hours around some times, as a table of SQL; null when there are none.</summary>
    internal async Task<string?> EventsAroundAsync(
        IEnumerable<DateTimeOffset> times, TimeSpan margin, CancellationToken cancellationToken)
    {
        HashSet<long> hours = [];
        foreach (DateTimeOffset time in times)
        {
            for (DateTimeOffset at = HourOf(time - margin); at <= time + margin; at = at.AddHours(1))
            {
                hours.Add(at.Ticks);
            }
        }

        List<ArchiveFile> files = [.. selection.Events.Where(file => hours.Contains(file.Hour.Ticks))];
        return files.Count == 0 ? null : await RowsAsync(files, cancellationToken);
    }

    /// <summary>
    /// Events as they were logged, by their places; of a request with several events the last. Only the files that hold some are
    /// opened, and of them only what is asked for is unpacked.
    /// </summary>
    internal async Task<IReadOnlyDictionary<RecordKey, string>> RecordsAsync(
        IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) =>
        (await EventsOfAsync(keys, "json", cancellationToken)).ToDictionary(static one => one.Key, static one => (string)one.Value[0]!);

    /// <summary>The same with some columns of the events.</summary>
    internal async Task<IReadOnlyDictionary<RecordKey, IReadOnlyList<object?>>> EventsOfAsync(
        IReadOnlyCollection<RecordKey> keys, string columns, CancellationToken cancellationToken)
    {
        Dictionary<RecordKey, IReadOnlyList<object?>> records = [];
        ILookup<(string, DateTimeOffset), RecordKey> byHour = keys.ToLookup(static key => (key.Cluster, HourOf(key.Time)));
        foreach (ArchiveFile file in selection.Events.Where(file => byHour.Contains((file.Cluster, file.Hour))))
        {
            HashSet<RecordKey> wanted = [.. byHour[(file.Cluster, file.Hour)]];
            ReportTable found = database.Query(
                "records",
                "",
                $"""
                SELECT time, audit_id, {columns} FROM {await RowsAsync([file], cancellationToken)}
                WHERE time IN ({string.Join(", ", wanted.Select(static key => TimeOf(key.Time)).Distinct())})
                    AND audit_hash IN ({string.Join(", ", wanted.Select(static key => HashOf(key.AuditId)).Distinct())})
                    AND stage <> 'RequestReceived' ORDER BY stage
                """,
                new Dictionary<string, object>(),
                int.MaxValue,
                cancellationToken);
            foreach (IReadOnlyList<object?> row in found.Rows)
            {
                RecordKey key = new(file.Cluster, (DateTimeOffset)row[0]!, (string)row[1]!);
                if (wanted.Contains(key))
                {
                    records[key] = [.. row.Skip(2)];
                }
            }
        }

        return records;
    }

    internal async Task<string[]> FetchAsync(IReadOnlyList<ArchiveFile> files, CancellationToken cancellationToken)
    {
        _opened += files.Sum(static file => file.Item.Length);
        long most = options.MostMegabytes * (1L << 20);
        return _opened <= most ? await cache.FetchAsync(files, fetched, cancellationToken)
            : throw new InvestigationException(
                $"this would open {_opened >> 20:N0} MB of the archive, and {options.MostMegabytes:N0} MB are allowed: "
                + "narrow it with --from and --to or --cluster, or raise Crowsnest__Investigation__MostMegabytes");
    }

    private async Task<string> RowsAsync(IReadOnlyList<ArchiveFile> files, CancellationToken cancellationToken) =>
        ArchiveDatabase.Rows(await FetchAsync(files, cancellationToken));

    /// <summary>A time as SQL has it.</summary>
    internal static string TimeOf(DateTimeOffset time) => string.Create(
        CultureInfo.InvariantCulture,
        $"make_timestamptz({(time.UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond}::BIGINT)");

    /// <summary>What the column <c>audit_hash</c> has for an auditID.</summary>
    internal static string HashOf(string auditId) => EventFile.HashOf(auditId).ToString(CultureInfo.InvariantCulture);

    private static DateTimeOffset HourOf(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
}
