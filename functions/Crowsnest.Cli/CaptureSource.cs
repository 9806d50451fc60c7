using System.CommandLine;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;

namespace Crowsnest.Cli;

/// <summary>Events of files, or of a range of the archive: what a command about a capture is asked about.</summary>
internal sealed class CaptureSource
{
    private readonly Argument<FileInfo[]> _files = new("FILE")
    {
        Description = "Audit events. None to read a range of the archive.",
        Arity = ArgumentArity.ZeroOrMore,
        DefaultValueFactory = static _ => [],
    };

    private readonly Option<string?> _storage = StorageSource.Option();
    private readonly Option<DirectoryInfo?> _archive = ArchiveSource.Folder();
    private readonly Option<string?> _from = ArchiveSource.From();
    private readonly Option<string?> _to = ArchiveSource.To();
    private readonly Option<string?> _cluster = new("--cluster") { Description = "Of an archive, the only cluster to read." };

    /// <summary>Adds what names the capture to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_files);
        foreach (Option option in new Option[] { _archive, _storage, _from, _to, _cluster })
        {
            command.Add(option);
        }
    }

    /// <summary>True when a capture was named.</summary>
    internal bool IsGiven(ParseResult parsed) => parsed.GetRequiredValue(_files).Length > 0 || IsOfArchive(parsed);

    /// <summary>Reads every event once, whatever its stage, however often it is in the capture.</summary>
    /// <exception cref="UsageException">There is no capture, or nothing in it can be read.</exception>
    internal async Task ReadAsync(ParseResult parsed, string what, Action<AuditEvent, Evidence> use, CancellationToken cancellationToken)
    {
        FileInfo[] files = parsed.GetRequiredValue(_files);
        HashSet<(RequestKey, AuditStage)> seen = [];
        void Use(AuditEvent audit, Evidence evidence)
        {
            // What has no auditID can't be told apart, and each counts.
            if (audit.AuditId.Length == 0 || seen.Add((RequestKey.Of(audit), audit.Stage)))
            {
                use(audit, evidence);
            }
        }

        bool isOfArchive = IsOfArchive(parsed);
        if (files.Length > 0)
        {
            if (isOfArchive)
            {
                throw new UsageException("give files, or a range of the archive, not both");
            }

            await ReadFilesAsync(files, what, Use, cancellationToken);
            return;
        }

        if (!isOfArchive)
        {
            throw new UsageException("give files, or --from and --to of the archive (--archive FOLDER or --storage)");
        }

        IArchiveStore store = ArchiveSource.Open(parsed.GetValue(_storage), parsed.GetValue(_archive));
        (DateTimeOffset, DateTimeOffset) range = ArchiveSource.Range(parsed.GetValue(_from), parsed.GetValue(_to));
        AuditEventParser parser = new();
        await ArchiveSource.ReadAsync(
            store,
            range,
            parsed.GetValue(_cluster),
            what,
            hour =>
            {
                foreach (EventRow row in hour.Rows)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Use(
                        EventRow.Read(parser, row.Json, hour.Cluster, row.Time)
                            ?? throw new InvalidDataException($"line {row.Line} of {row.Blob} was an event and is none"),
                        new Evidence(row.Blob, row.Line));
                }

                return Task.CompletedTask;
            },
            cancellationToken);
    }

    private bool IsOfArchive(ParseResult parsed) =>
        parsed.GetValue(_archive) is not null || parsed.GetValue(_from) is not null || parsed.GetValue(_to) is not null;

    private static Task ReadFilesAsync(
        FileInfo[] files, string what, Action<AuditEvent, Evidence> use, CancellationToken cancellationToken)
    {
        Dictionary<string, int> lines = new(StringComparer.Ordinal);
        return new InputReader("default").ReadAsync(
            files,
            what,
            (batch, file) =>
            {
                int line = lines.GetValueOrDefault(file);
                foreach (IntakeRecord record in batch.Records)
                {
                    line++;
                    if (record.Event is { } audit)
                    {
                        use(audit, new Evidence(file, line));
                    }
                }

                lines[file] = line;
            },
            cancellationToken);
    }
}
