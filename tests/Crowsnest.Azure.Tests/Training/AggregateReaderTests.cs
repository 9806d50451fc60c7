using System.Text;
using Crowsnest.Azure.Files;
using Crowsnest.Azure.Tests.Compaction;
using Crowsnest.Azure.Training;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;
using Crowsnest.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Crowsnest.Azure.Tests.Training;

/// <summary>The aggregates of the hours teach the same as the events that they were made of.</summary>
[Trait("Category", "Slow")]
public sealed class AggregateReaderTests : IDisposable
{
    private static readonly RuleSet Rules = RuleSet.Load(RepositoryFiles.RuleFiles);

    private readonly TestArchive _archive = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _archive.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public async Task Read_RecordedDay_TrainsTheSameArtefactAsItsEvents(int alertedOneIn)
    {
        TrainingOptions options = new() { ContrastEvents = 2_000 };
        List<AuditEvent> events = [];
        TrainingSet expected = new(options.HashKey, Rules);
        List<(string, DateOnly, string)> alerted = [];
        await using Stream sample = await AuditFile.OpenAsync(RepositoryFiles.Sample, Cancellation);
        await foreach (HubMessage message in AuditFile.ReadPiecesAsync(sample, Cancellation))
        {
            using IntakeBatch batch = new();
            new MessageReader(new AuditEventParser(), "default").Read(message, batch);
            foreach (AuditEvent audit in batch.Records.Where(static record => record.Event is not null).Select(static record => record.Event!))
            {
                bool isAlerted = alertedOneIn > 0 && RequestKey.Hash(audit.AuditId) % (ulong)alertedOneIn == 0;
                expected.Add(audit, isAlerted);
                if (isAlerted)
                {
                    alerted.Add((audit.Cluster, DateOnly.FromDateTime(audit.Time.UtcDateTime), audit.AuditId));
                }
            }

            _archive.Put(TestArchive.Hour.AddDays(3).AddHours(message.SequenceNumber), "default", Encoding.UTF8.GetString(message.Body.Span));
        }

        await _archive.CompactAsync();
        (TrainingSet set, int hours) = await new AggregateReader(_archive.Store, NullLogger.Instance).ReadAsync(
            null, 14, DateOnly.MaxValue, options, Rules, new AlertedRequests(alerted), Cancellation);

        Assert.True(hours > 12);
        Assert.Equal((expected.Events, expected.Principals, expected.Hours), (set.Events, set.Principals, set.Hours));
        Assert.Equal(
            ModelFile.Write(ModelTrainer.Train(expected, options, Cancellation)),
            ModelFile.Write(ModelTrainer.Train(set, options, Cancellation)));
    }

    [Fact]
    public async Task Read_DaysBeforeTheWindow_AreLeftOut()
    {
        foreach (int day in new[] { 0, 5, 20 })
        {
            DateTimeOffset time = TestArchive.Hour.AddDays(day);
            _archive.Put(time, "a", new EventJson { AuditId = $"{day}", Time = time }.ToString());
        }

        await _archive.CompactAsync();
        AggregateReader reader = new(_archive.Store, NullLogger.Instance);
        async Task<int> HoursAsync(DateOnly today) =>
            (await reader.ReadAsync(null, 14, today, new TrainingOptions(), Rules, new AlertedRequests([]), Cancellation)).Hours;

        Assert.Equal(1, await HoursAsync(DateOnly.MaxValue));
        Assert.Equal(2, await HoursAsync(new DateOnly(2026, 11, 8)));
    }

    [Fact]
    public async Task Read_DamagedAggregate_CostsItselfOnly()
    {
        foreach (int hour in new[] { 0, 1 })
        {
            DateTimeOffset time = TestArchive.Hour.AddHours(hour);
            _archive.Put(time, "a", new EventJson { AuditId = $"{hour}", Time = time }.ToString());
        }

        await _archive.CompactAsync();
        _archive.Write(ArchivePath.Training("a", TestArchive.Hour), [1, 2, 3]);

        (TrainingSet set, int hours) = await new AggregateReader(_archive.Store, NullLogger.Instance).ReadAsync(
            null, 14, DateOnly.MaxValue, new TrainingOptions(), Rules, new AlertedRequests([]), Cancellation);

        Assert.Equal((1, 1), (hours, set.Events));
    }
}
