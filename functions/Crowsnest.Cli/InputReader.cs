using Crowsnest.Azure.Files;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;

namespace Crowsnest.Cli;

/// <summary>Reads input files batch by batch.</summary>
internal sealed class InputReader(string cluster)
{
    private readonly MessageReader _reader = new(new AuditEventParser(), cluster);

    private readonly FeedTally _tally = new();

    /// <summary>What was read so far; an event that stands in two places counts once.</summary>
    internal IntakeCounts Counts => _tally.Counts();

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
        await using Stream stream = await AuditFile.OpenAsync(file.FullName, cancellationToken);
        try
        {
            await foreach (HubMessage piece in AuditFile.ReadPiecesAsync(stream, cancellationToken))
            {
                using IntakeBatch batch = new();
                _reader.Read(piece, batch);
                await use(batch, file.Name);
                readable |= batch.Counts.Parsed + batch.Counts.Salvaged > 0;
                foreach (FeedTally tally in FeedTally.Of(batch, file.FullName).Values)
                {
                    _tally.Merge(tally);
                }

                report(AuditFile.PositionOf(stream));
            }
        }
        catch (InvalidDataException broken)
        {
            throw new UsageException($"{file.Name} is a damaged gzip file: {broken.Message}", broken);
        }

        if (!readable)
        {
            throw new UsageException(
                $"{file.Name} holds no audit event; give JSON lines of events, EventLists or AKS records, plain or gzip");
        }
    }
}
