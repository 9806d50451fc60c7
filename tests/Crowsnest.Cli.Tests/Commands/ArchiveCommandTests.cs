using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;

namespace Crowsnest.Cli.Tests.Commands;

/// <summary>A range of the archive comes back as it was, and is judged as it was.</summary>
[Trait("Category", "Slow")]
public sealed class ArchiveCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-archive-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Archive => Path.Combine(_folder, "archive");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("compacted")]
    [InlineData("raw")]
    [InlineData("half")]
    public async Task Detect_OverTheArchive_FindsWhatItFindsInTheFile(string state)
    {
        await FillAsync(state);
        string ofFile = Path.Combine(_folder, "file.jsonl");
        string ofArchive = Path.Combine(_folder, "archive.jsonl");

        await RunAsync("detect", RepositoryFiles.Sample, "--model", RepositoryFiles.Model, "--detections", ofFile);
        string said = await RunAsync(
            "detect", "--archive", Archive, "--from", "2000-01-01", "--to", "2100-01-01",
            "--model", RepositoryFiles.Model, "--detections", ofArchive);

        string[] expected = Detections(ofFile, out string[] files);
        Assert.NotEmpty(expected);
        Assert.Equal(expected, Detections(ofArchive, out string[] blobs));
        Assert.All(files, static blob => Assert.EndsWith(".jsonl.gz", blob, StringComparison.Ordinal));
        Assert.All(blobs, static blob => Assert.StartsWith("raw/", blob, StringComparison.Ordinal));
        Assert.Contains("UTC", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compacted")]
    [InlineData("half")]
    public async Task Simulate_OverTheArchive_SaysWhatItSaysOfTheFile(string state)
    {
        await FillAsync(state);
        string[] asked = ["policy", "simulate", RepositoryFiles.Fixture("policy/small.yaml"), "--json"];

        (int ofFile, string file, string fault) = await CommandLine.RunAsync([.. asked, RepositoryFiles.Sample]);
        (int ofArchive, string archive, string fault2) = await CommandLine.RunAsync(
            [.. asked, "--archive", Archive, "--from", "2000-01-01", "--to", "2100-01-01"]);

        Assert.True(ofFile + ofArchive == 0, fault + fault2);
        foreach (string table in new[] { "volume", "by_rule", "by_principal", "detections_lost", "blind_rules", "leaks" })
        {
            string expected = JsonNode.Parse(file)!["tables"]![table]!["rows"]!.ToJsonString();
            Assert.True(expected.Length > 2, table);
            Assert.Equal(expected, JsonNode.Parse(archive)!["tables"]![table]!["rows"]!.ToJsonString());
        }
    }

    [Fact]
    public async Task Restore_Everything_GivesEachEventOnceAndInOrder()
    {
        await FillAsync("half");
        string file = Path.Combine(_folder, "restored.jsonl.gz");

        await RunAsync("archive", "restore", "--archive", Archive, "--from", "2000-01-01", "--to", "2100-01-01", "--out", file);

        Dictionary<string, AuditEvent> expected = Events(File.OpenRead(RepositoryFiles.Sample));
        Dictionary<string, AuditEvent> restored = Events(File.OpenRead(file));
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), restored.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(restored.Values.Select(static audit => audit.Time).Order(), restored.Values.Select(static audit => audit.Time));
        Assert.All(expected, pair => Assert.Equal(pair.Value.Json.ToArray(), restored[pair.Key].Json.ToArray()));
    }

    [Fact]
    public async Task Restore_PartOfAnHour_HoldsNothingElse()
    {
        await FillAsync("compacted");
        DateTimeOffset from = Events(File.OpenRead(RepositoryFiles.Sample)).Values.Min(static audit => audit.Time).AddMinutes(30);
        from = from.AddTicks(-(from.Ticks % TimeSpan.TicksPerSecond));
        string folder = Path.Combine(_folder, "restored");

        await RunAsync(
            "archive", "restore", "--archive", Archive, "--out", folder, "--from", $"{from.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss}Z",
            "--to", $"{from.UtcDateTime.AddMinutes(45):yyyy-MM-dd'T'HH:mm:ss}Z");

        string[] files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories);
        AuditEvent[] events = [.. files.SelectMany(static file => Events(File.OpenRead(file)).Values)];
        Assert.All(files, static file => Assert.Contains("cluster=", file, StringComparison.Ordinal));
        Assert.NotEmpty(events);
        Assert.All(events, audit => Assert.InRange(audit.Time, from, from.AddMinutes(45).AddTicks(-1)));
    }

    [Fact]
    public async Task Restore_Raw_GivesTheRecordsAsTheyArrived()
    {
        string record = new EventJson { AuditId = "r" }.ToAksRecord();
        Put(new DateTimeOffset(2026, 11, 2, 10, 5, 0, TimeSpan.Zero), 0, [$"{{\"records\":[{record}]}}"]);
        string file = Path.Combine(_folder, "raw.jsonl");

        await RunAsync(
            "archive", "restore", "--raw", "--archive", Archive, "--from", "2026-11-02T10:30", "--to", "2026-11-02T11:00", "--out", file);

        Assert.Equal(record + "\n", await File.ReadAllTextAsync(file, Cancellation));
    }

    [Theory]
    [InlineData("2026-11-02", "2026-11-02", "is not before")]
    [InlineData("yesterday", "2026-11-02", "is no time")]
    [InlineData("2020-01-01", "2020-01-02", "holds no events")]
    public async Task Restore_RangeOfNothing_SaysWhy(string from, string to, string why)
    {
        await FillAsync("compacted");

        (int code, string _, string said) = await CommandLine.RunAsync(
            "archive", "restore", "--archive", Archive, "--from", from, "--to", to, "--out", Path.Combine(_folder, "none.jsonl"));

        Assert.Equal(2, code);
        Assert.Contains(why, said, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "none.jsonl")));
    }

    [Fact]
    public async Task Restore_TwoClustersIntoOneFile_IsRefused()
    {
        await FillAsync("compacted");
        string other = new EventJson { AuditId = "o", Time = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero) }.ToString();
        Put(new DateTimeOffset(2026, 11, 2, 10, 0, 0, TimeSpan.Zero), 1_000_000, [other], "test");
        string file = Path.Combine(_folder, "two.jsonl");

        (int code, string _, string said) = await CommandLine.RunAsync(
            "archive", "restore", "--archive", Archive, "--from", "2000-01-01", "--to", "2100-01-01", "--out", file);

        Assert.Equal(2, code);
        Assert.Contains("--cluster", said, StringComparison.Ordinal);
        Assert.False(Path.Exists(file) || Path.Exists(file + ".part"));
    }

    // As intake writes it: batches of 20 messages, by the hour of their last event.
    private async Task FillAsync(string state)
    {
        string[] lines = Lines(File.OpenRead(RepositoryFiles.Sample));
        string[][] batches = [.. lines.Chunk(20)];
        for (int i = 0; i < batches.Length; i++)
        {
            if (i == batches.Length / 2 && state == "half")
            {
                await RunAsync("archive", "compact", "--archive", Archive);
            }

            Put(Arrived(batches[i]), i * 20, batches[i]);
        }

        if (state == "compacted")
        {
            await RunAsync("archive", "compact", "--archive", Archive);
        }
    }

    private static DateTimeOffset Arrived(string[] messages) => Read(messages, default)
        .Where(static record => record.Event is not null).Max(static record => record.Event!.Time).AddSeconds(5);

    private void Put(DateTimeOffset arrived, long first, string[] messages, string cluster = "default")
    {
        BatchPosition position = new("0", first, first + messages.Length - 1, arrived);
        foreach (ArchiveBlob blob in RawArchive.Lay(Read(messages, arrived, cluster), position).Blobs)
        {
            string path = Path.Combine(Archive, blob.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, blob.Content);
        }
    }

    private static async Task<string> RunAsync(params string[] arguments)
    {
        (int code, string _, string said) = await CommandLine.RunAsync(arguments);
        Assert.True(code == 0, said);
        return said;
    }

    // All but where the record lies: in the file it is the file.
    private static string[] Detections(string file, out string[] blobs)
    {
        List<string> of = [];
        string[] found =
        [
            .. File.ReadAllLines(file).Select(line =>
            {
                JsonObject detection = JsonNode.Parse(line)!.AsObject();
                of.AddRange(detection["evidence"]!.AsArray().Select(static place => place!["blob"]!.GetValue<string>()));
                detection.Remove("evidence");
                return detection.ToJsonString();
            }).Order(StringComparer.Ordinal),
        ];
        blobs = [.. of];
        return found;
    }

    private static Dictionary<string, AuditEvent> Events(Stream stream)
    {
        Dictionary<string, AuditEvent> events = new(StringComparer.Ordinal);
        foreach (AuditEvent audit in Read(Lines(stream), default).Select(static record => record.Event).OfType<AuditEvent>())
        {
            events.TryAdd($"{audit.AuditId} {audit.Stage}", audit);
        }

        return events;
    }

    // The batch stays: events live in it.
    private static IReadOnlyList<IntakeRecord> Read(string[] messages, DateTimeOffset arrived, string cluster = "default")
    {
        IntakeBatch batch = new();
        MessageReader reader = new(new AuditEventParser(), cluster);
        foreach (string message in messages)
        {
            reader.Read(new HubMessage(Encoding.UTF8.GetBytes(message), 0, arrived), batch);
        }

        return batch.Records;
    }

    private static string[] Lines(Stream stream)
    {
        bool packed = stream.ReadByte() == 0x1F;
        stream.Position = 0;
        using StreamReader reader = new(packed ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
