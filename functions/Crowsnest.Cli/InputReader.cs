using Crowsnest.Azure.Files;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;

namespace Crowsnest.Cli;

/// <summary>Reads input files batch by batch.</summary>
internal sealed class InputReader(string cluster)
{
    private readonly MessageReader _reader = new(new AuditEventParser(), cluster);

    // By cluster: an event is what it is in its own alone, and a piece of a file may hold records of several.
    private readonly Dictionary<string, FeedTally> _tallies = new(StringComparer.Ordinal);

    private readonly SortedDictionary<QuarantineReason, int> _unread = [];

    private int _files;

    /// <summary>What was read so far; an event that stands in two places counts once.</summary>
    internal IntakeCounts Counts =>
        _tallies.Values.Aggregate(default(IntakeCounts), static (sum, tally) => sum + tally.Counts());

    /// <summary>Why records were set aside, and how many for each reason.</summary>
    internal IReadOnlyDictionary<QuarantineReason, int> Unread => _unread;

    /// <summary>Reads the files, one after the other, and hands over every batch with the name of its file.</summary>
    /// <exception cref="UsageException">A file is missing, or none of its records is an audit event.</exception>
    internal Task ReadAsync(
        IReadOnlyList<FileInfo> files,
        string what,
        Action<IntakeBatch, string> use,
        CancellationToken cancellationToken) => ReadAsync(
            files,
            what,
            (batch, file) =>
            {
                use(batch, file);
                return Task.CompletedTask;
            },
            cancellationToken);

    /// <inheritdoc cref="ReadAsync(IReadOnlyList{FileInfo}, string, Action{IntakeBatch, string}, CancellationToken)"/>
    internal async Task ReadAsync(
        IReadOnlyList<FileInfo> files,
        string what,
        Func<IntakeBatch, string, Task> use,
        CancellationToken cancellationToken)
    {
        foreach (FileInfo file in files)
        {
            if (!file.Exists)
            {
                throw new UsageException($"there is no file {file.FullName}");
            }
        }

        long total = files.Sum(static file => file.Length);
        _ = await Terminal.WithProgressAsync(what, total, async report =>
        {
            long before = 0;
            foreach (FileInfo file in files)
            {
                await ReadFileAsync(file, use, done => report(before + done), cancellationToken);
                before += file.Length;
            }

            return 0;
        });
    }

    /// <summary>Reads the files and hands over every request that has an outcome, once, however often it is in them.</summary>
    /// <exception cref="UsageException">A file is missing, or none of its records is an audit event.</exception>
    internal Task ReadRequestsAsync(
        IReadOnlyList<FileInfo> files,
        string what,
        Action<AuditEvent> use,
        CancellationToken cancellationToken)
    {
        HashSet<RequestKey> seen = [];
        return ReadAsync(
            files,
            what,
            (batch, _) =>
            {
                foreach (IntakeRecord record in batch.Records)
                {
                    // What has no auditID can't be told apart, and each counts.
                    if (record.Event is { HasOutcome: true } audit && (audit.AuditId.Length == 0 || seen.Add(RequestKey.Of(audit))))
                    {
                        use(audit);
                    }
                }
            },
            cancellationToken);
    }

    private async Task ReadFileAsync(
        FileInfo file,
        Func<IntakeBatch, string, Task> use,
        Action<long> report,
        CancellationToken cancellationToken)
    {
        bool readable = false;
        QuarantineReason fault = QuarantineReason.None;

        // A file that is given twice is read twice.
        string partition = $"{_files++}";
        await using Stream stream = await AuditFile.OpenAsync(file.FullName, cancellationToken);
        Task used = Task.CompletedTask;
        try
        {
            await foreach (HubMessage piece in AuditFile.ReadPiecesAsync(stream, cancellationToken))
            {
                // One batch is read while the one before it is used.
                IntakeBatch batch = new();
                _reader.Read(piece, batch);
                readable |= batch.Counts.Parsed + batch.Counts.Salvaged > 0;
                Count(batch, partition, ref fault);
                await used;
                used = Task.Run(
                    async () =>
                    {
                        using (batch)
                        {
                            await use(batch, file.Name);
                        }
                    },
                    cancellationToken);
                report(AuditFile.PositionOf(stream));
            }
        }
        catch (InvalidDataException broken)
        {
            throw new UsageException($"{file.Name} can't be read, it may be a damaged gzip file: {broken.Message}", broken);
        }
        finally
        {
            await used;
        }

        if (!readable)
        {
            throw new UsageException(
                $"{file.Name} holds no audit event: {UnreadText.Of(fault)}. Give JSON lines of events, EventLists or AKS records, "
                + "or what a shipper made of them, plain or gzip");
        }
    }

    private void Count(IntakeBatch batch, string partition, ref QuarantineReason fault)
    {
        foreach (((string of, _), FeedTally tally) in FeedTally.Of(batch, partition))
        {
            if (!_tallies.TryGetValue(of, out FeedTally? sum))
            {
                _tallies.Add(of, sum = new FeedTally());
            }

            sum.Merge(tally);
        }

        foreach (IntakeRecord record in batch.Records)
        {
            if (record.Outcome == IntakeOutcome.Quarantined)
            {
                _unread[record.Reason] = _unread.GetValueOrDefault(record.Reason) + 1;

                // The reason that says most: a format that is known by name.
                fault = fault == QuarantineReason.None || record.Reason == QuarantineReason.GoogleCloudAudit ? record.Reason : fault;
            }
        }
    }
}
