using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Digests;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>A cluster that is new is quiet and says so; what is critical is told at once.</summary>
public sealed class FirstDaysTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Update_NewCluster_TellsWorkTogetherAndWhatIsCriticalAtOnce()
    {
        await using AlertBench bench = Bench();
        DateTimeOffset start = bench.Clock.GetUtcNow();

        await UpdateAsync(bench, [.. Enumerable.Range(0, 5).Select(i => Finding(bench, $"user-{i}@example.org", Severity.High))]);
        await bench.Queue.DrainAsync(bench.SendAsync, start.AddMinutes(1));
        Assert.Empty(bench.Mails);

        await UpdateAsync(bench, Finding(bench, "mallory@example.org", Severity.Critical));
        await bench.Queue.DrainAsync(bench.SendAsync, start.AddMinutes(1));
        Assert.Contains("[Critical]", Assert.Single(bench.Mails).Subject, StringComparison.Ordinal);

        // Looked at again, it is no news.
        await UpdateAsync(bench, Finding(bench, "user-0@example.org", Severity.High));
        await bench.Queue.DrainAsync(bench.SendAsync);
        MimeMessage together = bench.Mails[1];
        Assert.Equal(2, bench.Mails.Count);
        Assert.Contains("5 incidents", together.Subject, StringComparison.Ordinal);
        Assert.Contains("First days of", together.Subject, StringComparison.Ordinal);
        Assert.InRange(bench.Clock.GetUtcNow() - start, TimeSpan.FromHours(8), TimeSpan.FromHours(9));

        DigestContent digest = await bench.Services.GetRequiredService<DigestReader>()
            .ReadAsync(start.AddHours(-1), bench.Clock.GetUtcNow().AddMinutes(1), Cancellation);
        Assert.Equal(5, digest.FirstDays.Count(incident => incident.Cluster == bench.Cluster));
        Assert.Contains("First days of new clusters", DigestRenderer.Render(digest, hasChart: false).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_ClusterThatWasSeenThreeDaysAgo_TellsEachAtOnceAndAnotherNewOneDoesNot()
    {
        await using AlertBench bench = Bench();
        string other = bench.Cluster + "-new";
        await bench.Services.GetRequiredService<ClusterTable>()
            .NoteAsync(bench.Cluster, bench.Clock.GetUtcNow().AddDays(-3), Cancellation);
        DateTimeOffset start = bench.Clock.GetUtcNow();

        Detection known = Finding(bench, "jane@example.org", Severity.High);
        await UpdateAsync(bench, known, known with { Id = "other", Cluster = other });
        await bench.Queue.DrainAsync(bench.SendAsync, start.AddMinutes(1));

        Assert.Contains($"{bench.Cluster}:", Assert.Single(bench.Mails).Subject, StringComparison.Ordinal);
        Assert.Contains(bench.Queue.All, message => message.Cluster == other && message.IsOfFirstDays);
    }

    [Fact]
    public async Task Update_NewClusterThatIsToTellOneByOne_DoesSo()
    {
        await using AlertBench bench = Bench(days: 0);
        DateTimeOffset start = bench.Clock.GetUtcNow();

        await UpdateAsync(bench, Finding(bench, "jane@example.org", Severity.High));
        await bench.Queue.DrainAsync(bench.SendAsync, start.AddMinutes(1));

        Assert.Single(bench.Mails);
    }

    private AlertBench Bench(int days = FirstDays.Default) => new(
        azurite.Connection, ("Crowsnest:ShippedModel", RepositoryFiles.Model), ("Crowsnest:FirstDays", $"{days}"));

    private static Detection Finding(AlertBench bench, string principal, Severity severity) =>
        Some.Detection($"{severity}-{principal}", severity: severity, principal: principal) with { Cluster = bench.Cluster };

    private static async Task UpdateAsync(AlertBench bench, params Detection[] detections)
    {
        await new DetectionTable(bench.Storage).WriteAsync(detections, Cancellation);
        await bench.Services.GetRequiredService<IncidentUpdater>().RunAsync([.. detections.Select(ActorDay.Of)], Cancellation);
    }
}
