using System.Security.Cryptography;
using Crowsnest.Azure.Columns;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Ledger;
using Crowsnest.Core.Rules;
using Crowsnest.Learning;

namespace Crowsnest.Azure.Compaction;

/// <summary>The files of one cluster's hour, made in a folder before any of them is stored.</summary>
/// <param name="folder">The folder.</param>
/// <param name="place">The cluster and the hour.</param>
internal sealed class HourFiles(string folder, EventPlace place)
{
    /// <summary>The file of events as it was stored before, where there was one.</summary>
    internal string Stored => Path.Combine(folder, "stored.parquet");

    /// <summary>Each file by its path in the archive, in the order in which they are stored.</summary>
    internal IReadOnlyDictionary<string, string> ByPath { get; } = new Dictionary<string, string>
    {
        [ArchivePath.Events(place.Cluster, place.Hour)] = Path.Combine(folder, "events.parquet"),
        [ArchivePath.Ledger(place.Cluster, place.Hour)] = Path.Combine(folder, "ledger.parquet"),
        [ArchivePath.Training(place.Cluster, place.Hour)] = Path.Combine(folder, "training"),
        [ArchivePath.TrainingRequests(place.Cluster, place.Hour)] = Path.Combine(folder, "requests"),
    };

    private string Events => ByPath[ArchivePath.Events(place.Cluster, place.Hour)];

    /// <summary>Makes the files.</summary>
    /// <param name="runs">Sorted runs of new events.</param>
    /// <param name="rules">The rules whose correlations want to know what is usual.</param>
    /// <param name="parser">Reads the events.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the file of events holds; the file was read again and holds it.</returns>
    /// <exception cref="InvalidDataException">The stored file is damaged, or what was written is not what was to be written.</exception>
    internal KeySum Make(
        IEnumerable<IEnumerable<EventRow>> runs, RuleSet rules, AuditEventParser parser, CancellationToken cancellationToken)
    {
        KeySum sum = default;
        RowSum added;
        LedgerBuilder ledger = new();
        RequestKey? last = null;
        using (EventFile events = new(Events))
        using (FileStream requests = File.Create(ByPath[ArchivePath.TrainingRequests(place.Cluster, place.Hour)]))
        using (TrainingHourWriter training = new(new TrainingOptions().HashKey, rules, requests))
        {
            IEnumerable<EventRow>[] stored = File.Exists(Stored) ? [EventFile.Read(Stored, place.Cluster, parser)] : [];
            foreach (EventRow row in EventMerge.Merge([.. runs, .. stored]))
            {
                cancellationToken.ThrowIfCancellationRequested();
                AuditEvent audit = EventRow.Read(parser, row.Json, place.Cluster, row.Time)
                    ?? throw new InvalidDataException($"line {row.Line} of {row.Blob} was an event and is none");

                // A request's events stand together; the first with an outcome counts.
                bool isRequest = TrainingSet.IsLearnable(audit) && last != row.Key;
                events.Add(row, audit, isRequest);
                sum = sum.With(row.Key, row.Stage);
                if (isRequest)
                {
                    ledger.Add(audit, row.Time, new Evidence(row.Blob, row.Line));
                    training.Add(audit);
                    last = row.Key;
                }
            }

            events.End();
            added = events.Added;
            using FileStream aggregate = File.Create(ByPath[ArchivePath.Training(place.Cluster, place.Hour)]);
            training.End(aggregate);
        }

        LedgerFile.Write(ByPath[ArchivePath.Ledger(place.Cluster, place.Hour)], ledger.Entries);
        Check(added);
        return sum;
    }

    /// <summary>The hash of each file.</summary>
    internal Dictionary<string, string> Hashes() => ByPath.ToDictionary(static file => file.Key, static file => HashOf(file.Value));

    /// <summary>The hash of a file.</summary>
    internal static string HashOf(string file)
    {
        using FileStream stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    /// <summary>Counts what a file of events holds.</summary>
    internal static KeySum Count(string file, string cluster, AuditEventParser parser)
    {
        KeySum sum = default;
        foreach (EventRow row in EventFile.Read(file, cluster, parser))
        {
            sum = sum.With(row.Key, row.Stage);
        }

        return sum;
    }

    // Byte by byte what was to be written, so that its keys are those that were summed up.
    private void Check(RowSum expected)
    {
        RowSum found = EventFile.Sum(Events);
        if (found != expected)
        {
            throw new InvalidDataException($"{found.Rows} events were written of {expected.Rows}, or others than were read");
        }
    }
}
