using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>Nobody hides a grave act behind many harmless ones, be they of his own or of others.</summary>
public sealed class ExhaustionTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Update_GraveActBehindThousandsOfHarmlessOnes_IsToldInOneMailThatCountsThem()
    {
        await using AlertBench bench = new(azurite.Connection);
        Detection[] harmless =
        [
            .. Enumerable.Range(0, 3_000).Select(i => Some.Detection($"read-{i}", severity: Severity.Low, principal: "mallory@example.org") with
            {
                Cluster = bench.Cluster,
                Rule = new RuleReference("rule-read", "Secret read by a person", "1"),
                Time = Some.Detection("start").Time.AddSeconds(i),
            }),
        ];
        Detection grave = Some.Detection("grant", severity: Severity.Critical, principal: "mallory@example.org") with
        {
            Cluster = bench.Cluster,
            Time = harmless[^1].Time.AddHours(2),
        };
        await new DetectionTable(bench.Storage).WriteAsync([.. harmless, grave], Cancellation);

        await UpdateAsync(bench, [grave]);

        MimeMessage mail = Assert.Single(bench.Mails);

        // In the middle of the line it begins small.
        Assert.Contains("Rule grant", mail.Subject, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("and 1,000 lesser findings that are only counted", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("and 1,000 lesser findings that are only counted", mail.HtmlBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_FloodsThatAnybodyCanMake_LeaveTheGraveOneToldAndAreOneLine()
    {
        await using AlertBench bench = new(azurite.Connection);
        IEnumerable<Detection> Flood(string rule, int count, Func<int, string> principal, Func<int, string> address, Severity severity) =>
            Enumerable.Range(0, count).Select(i => Some.Detection($"{rule}-{i}", i % 60, severity, principal: principal(i), sourceIp: address(i)) with
            {
                Cluster = bench.Cluster,
                Rule = new RuleReference($"rule-{rule}", $"Rule {rule}", "1"),
            });
        Detection[] floods =
        [
            .. Flood("dry-run", 31, static i => $"system:serviceaccount:ci:build-{i}", static _ => "10.0.0.1", Severity.High),
            .. Flood("document", 30, static _ => "system:anonymous", static i => $"198.51.{i}.7", Severity.Critical),
            .. Flood("refused", 19, static i => $"system:serviceaccount:web:app-{i}", static _ => "10.0.0.2", Severity.High),
        ];
        Detection grave = Some.Detection("takeover", 59, Severity.Critical, principal: "mallory@example.org") with { Cluster = bench.Cluster };
        Detection other = Some.Detection("other", 59, Severity.High, principal: "jane@example.org") with { Cluster = bench.Cluster };
        await new DetectionTable(bench.Storage).WriteAsync([.. floods, grave, other], Cancellation);

        await UpdateAsync(bench, floods);
        await UpdateAsync(bench, [grave, other]);

        string[] subjects = [.. bench.Mails.Select(static mail => mail.Subject!)];
        Assert.Single(subjects, static subject => subject.Contains("Rule takeover", StringComparison.Ordinal));
        Assert.Single(subjects, static subject => subject.Contains("Rule other", StringComparison.Ordinal));
        foreach (string rule in new[] { "Rule dry-run", "Rule document", "Rule refused" })
        {
            Assert.InRange(subjects.Count(subject => subject.Contains(rule, StringComparison.Ordinal)), 1, 6);
        }

        Assert.Single(subjects, static subject => subject.Contains("incidents held back", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Update_MoreIsHeldBackLater_IsToldOnceMoreAtTheEndOfTheHour()
    {
        await using AlertBench bench = new(azurite.Connection, ("Crowsnest:AlertsPerDay", "5"));
        Detection[] alike =
        [
            .. Enumerable.Range(0, 6).Select(i => Some.Detection($"alike-{i}", i, principal: $"user-{i}@example.org") with
            {
                Cluster = bench.Cluster,
                Rule = new RuleReference("rule-alike", "Rule alike", "1"),
            }),
        ];
        await new DetectionTable(bench.Storage).WriteAsync(alike, Cancellation);

        await bench.Services.GetRequiredService<IncidentUpdater>().RunAsync([.. alike[..3].Select(ActorDay.Of)], Cancellation);
        await bench.Queue.DrainAsync(bench.SendAsync, until: bench.Clock.GetUtcNow().AddMinutes(5));
        await UpdateAsync(bench, alike);

        string[] summaries = [.. bench.Mails.Select(static mail => mail.Subject!).Where(static subject => subject.Contains("held back", StringComparison.Ordinal))];
        Assert.Equal(2, summaries.Length);
        Assert.Contains("2 incidents held back", summaries[0], StringComparison.Ordinal);
        Assert.Contains("3 incidents held back", summaries[1], StringComparison.Ordinal);
        Assert.Contains("Update", summaries[1], StringComparison.Ordinal);
    }

    // As the minute's run does it, and all mails that follow.
    private static async Task UpdateAsync(AlertBench bench, IEnumerable<Detection> detections)
    {
        await bench.Services.GetRequiredService<IncidentUpdater>().RunAsync([.. detections.Select(ActorDay.Of).Distinct()], Cancellation);
        await bench.Queue.DrainAsync(bench.SendAsync);
    }
}
