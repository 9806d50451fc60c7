using System.IO.Compression;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Policy;

/// <summary>The events of the recorded day, each of its own bytes.</summary>
internal static class RecordedDay
{
    internal static IEnumerable<AuditEvent> Events(string? path = null)
    {
        AuditEventParser parser = new();
        MessageReader reader = new(parser, "default");
        using GZipStream stream = new(File.OpenRead(path ?? RepositoryFiles.Sample), CompressionMode.Decompress);
        using StreamReader lines = new(stream);
        long number = 0;
        while (lines.ReadLine() is { } line)
        {
            using IntakeBatch batch = new();
            reader.Read(new HubMessage(System.Text.Encoding.UTF8.GetBytes(line), number++, DateTimeOffset.UnixEpoch), batch);
            foreach (IntakeRecord record in batch.Records)
            {
                // The bytes are lent to the batch.
                if (record.Event is { } audit
                    && parser.Parse(audit.Json.ToArray(), audit.Cluster, audit.Time, out AuditEvent? own) == AuditParseStatus.Parsed)
                {
                    yield return own!;
                }
            }
        }
    }
}
