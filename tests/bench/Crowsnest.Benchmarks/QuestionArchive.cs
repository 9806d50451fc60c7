using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Crowsnest.Azure.Columns;
using Crowsnest.Azure.Files;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Ledger;
using Crowsnest.Learning;

namespace Crowsnest.Benchmarks;

/// <summary>
/// Makes an archive of many days out of recorded ones: times are shifted by weeks, copies get other audit IDs and other minutes.
/// Writes what compaction would, without the way there.
/// </summary>
internal sealed partial class QuestionArchive(string file, string folder)
{
    internal const string Cluster = "study";

    private readonly AuditEventParser _parser = new();

    internal async Task<long> MakeAsync(DateTimeOffset first, int days, int copies, CancellationToken cancellationToken)
    {
        FolderArchiveStore store = new(folder);
        List<List<string>> hours = await ReadAsync(cancellationToken);
        long events = 0;
        for (int at = 0; at < days * 24; at++)
        {
            DateTimeOffset hour = first.AddHours(at);
            List<EventRow> rows = [];
            foreach (string line in hours[at % hours.Count])
            {
                for (int copy = 0; copy < copies; copy++)
                {
                    rows.Add(Row(line, hour, copy, rows.Count + 1));
                }
            }

            rows.Sort(EventRow.Order);
            await WriteAsync(store, hour, rows, cancellationToken);
            events += rows.Count;
            if (hour.Hour == 0)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{hour:yyyy-MM-dd}: {events:N0} events"));
            }
        }

        return events;
    }

    // The lines of each hour, from the first on.
    private async Task<List<List<string>>> ReadAsync(CancellationToken cancellationToken)
    {
        List<List<string>> hours = [];
        DateTimeOffset first = default;
        await using Stream stream = await AuditFile.OpenAsync(file, cancellationToken);
        using StreamReader lines = new(stream);
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (_parser.Parse(Encoding.UTF8.GetBytes(line), Cluster, default, out AuditEvent? audit) != AuditParseStatus.Parsed)
            {
                continue;
            }

            first = first == default ? audit!.Time.Date : first;
            int hour = (int)(audit!.Time - first).TotalHours;
            while (hours.Count <= hour)
            {
                hours.Add([]);
            }

            hours[Math.Max(0, hour)].Add(line);
        }

        return hours;
    }

    private EventRow Row(string line, DateTimeOffset hour, int copy, int number)
    {
        string text = AuditId().Replace(line, match => $"\"auditID\":\"{IdOf($"{match.Value} {hour.Ticks} {copy}")}\"", 1);
        text = Timestamp().Replace(text, match => string.Create(
            CultureInfo.InvariantCulture,
            $"{match.Groups[1].Value}{hour.UtcDateTime:yyyy-MM-ddTHH}:{(int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) + copy) % 60:00}"));
        byte[] json = Encoding.UTF8.GetBytes(text);
        _parser.Parse(json, Cluster, default, out AuditEvent? audit);
        return EventRow.Of(audit!, $"raw/{ArchivePath.Hour(hour)}/p0-{hour.ToUnixTimeSeconds()}-0.jsonl.gz", number, json);
    }

    private async Task WriteAsync(
        FolderArchiveStore store, DateTimeOffset hour, List<EventRow> rows, CancellationToken cancellationToken)
    {
        string events = Path.GetTempFileName();
        string counts = Path.GetTempFileName();
        LedgerBuilder ledger = new();
        RequestKey? last = null;
        using (EventFile written = new(events))
        {
            foreach (EventRow row in rows)
            {
                AuditEvent audit = EventRow.Read(_parser, row.Json, Cluster, row.Time)!;
                bool isRequest = TrainingSet.IsLearnable(audit) && last != row.Key;
                written.Add(row, audit, isRequest);
                if (isRequest)
                {
                    ledger.Add(audit, row.Time, new Evidence(row.Blob, row.Line));
                    last = row.Key;
                }
            }

            written.End();
        }

        LedgerFile.Write(counts, ledger.Entries);
        foreach ((string path, string made) in new[] { (ArchivePath.Events(Cluster, hour), events), (ArchivePath.Ledger(Cluster, hour), counts) })
        {
            await using (FileStream content = File.OpenRead(made))
            {
                await store.WriteAsync(path, content, replaces: null, cancellationToken);
            }

            File.Delete(made);
        }
    }

    // As good as random: what is alike would be packed smaller than in life.
    private static Guid IdOf(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    [GeneratedRegex("\"auditID\":\"[^\"]+\"")]
    private static partial Regex AuditId();

    [GeneratedRegex("(\"(?:requestReceived|stage)Timestamp\":\")\\d{4}-\\d\\d-\\d\\dT\\d\\d:(\\d\\d)")]
    private static partial Regex Timestamp();
}
