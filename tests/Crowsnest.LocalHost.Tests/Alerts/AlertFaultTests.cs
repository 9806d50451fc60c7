using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>Each alert is sent once, or where nobody can tell at most twice with the same id; and nothing is lost.</summary>
public sealed class AlertFaultTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task Send_ServerIsAwayForAnHour_DeliversOnceWhenItIsBack()
    {
        await using AlertBench bench = new(azurite.Connection);
        DateTimeOffset start = bench.Clock.GetUtcNow();
        bench.Server.Faults = _ => bench.Clock.GetUtcNow() < start.AddHours(1) ? SmtpFault.Away : SmtpFault.None;

        await bench.SendAllAsync(await bench.IncidentAsync());

        Assert.Single(bench.Server.Messages);
        JournalEntry entry = Assert.Single(await bench.JournalAsync());
        Assert.Equal(JournalKind.Sent, entry.Kind);
        Assert.InRange(entry.At - start, TimeSpan.FromHours(1), TimeSpan.FromHours(1.25));
    }

    [Theory]
    [InlineData(SmtpFault.GreyList)]
    [InlineData(SmtpFault.LocalError)]
    [InlineData(SmtpFault.CutBeforeData)]
    [InlineData(SmtpFault.Silent)]
    [InlineData(SmtpFault.Slow)]
    public async Task Send_ServerFailsAtFirst_DeliversOnce(SmtpFault fault)
    {
        await using AlertBench bench = new(azurite.Connection);
        bench.Server.Faults = number => number < 2 ? fault : SmtpFault.None;

        await bench.SendAllAsync(await bench.IncidentAsync());

        Assert.Single(bench.Server.Messages);
        Assert.Equal(JournalKind.Sent, Assert.Single(await bench.JournalAsync()).Kind);
    }

    [Fact]
    public async Task Send_ServerRefusesForGood_IsRecordedAndNotTriedAgain()
    {
        await using AlertBench bench = new(azurite.Connection);
        int connections = 0;
        bench.Server.Faults = number =>
        {
            connections = number + 1;
            return SmtpFault.NoSuchUser;
        };
        AlertMessage message = await bench.IncidentAsync();

        await bench.SendAllAsync(message, message);

        Assert.Empty(bench.Server.Messages);
        Assert.Equal(1, connections);
        JournalEntry entry = Assert.Single(await bench.JournalAsync());
        Assert.Equal(JournalKind.Failed, entry.Kind);
        Assert.Contains("550", entry.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ServerIsAwayForGood_GivesUpAfterADayAndSaysSo()
    {
        await using AlertBench bench = new(azurite.Connection);
        DateTimeOffset start = bench.Clock.GetUtcNow();
        bench.Server.Faults = static _ => SmtpFault.Away;

        await bench.SendAllAsync(await bench.IncidentAsync());

        JournalEntry entry = Assert.Single(await bench.JournalAsync());
        Assert.Equal(JournalKind.Failed, entry.Kind);
        // A day of tries, give or take the fifth by which alerts are spread.
        Assert.InRange(entry.At - start, TimeSpan.FromHours(19), TimeSpan.FromHours(30));
    }

    [Fact]
    public async Task Send_CutAfterDataOnce_SendsTwiceWithTheSameId()
    {
        await using AlertBench bench = new(azurite.Connection);
        bench.Server.Faults = static number => number == 0 ? SmtpFault.CutAfterData : SmtpFault.None;

        await bench.SendAllAsync(await bench.IncidentAsync());

        Assert.Equal(2, bench.Server.Messages.Count);
        Assert.Single(bench.Server.MessageIds.Distinct());
        Assert.Equal(JournalKind.Sent, Assert.Single(await bench.JournalAsync()).Kind);
    }

    [Fact]
    public async Task Send_CutAfterDataAlways_StopsAtTwoAndSaysThatNobodyKnows()
    {
        await using AlertBench bench = new(azurite.Connection);
        bench.Server.Faults = static _ => SmtpFault.CutAfterData;

        await bench.SendAllAsync(await bench.IncidentAsync());

        Assert.Equal(2, bench.Server.Messages.Count);
        Assert.Single(bench.Server.MessageIds.Distinct());
        Assert.Equal(JournalKind.Unconfirmed, Assert.Single(await bench.JournalAsync()).Kind);
    }

    [Fact]
    public async Task Send_QueueBringsItAgainAndAgain_SendsOnce()
    {
        await using AlertBench bench = new(azurite.Connection);
        AlertMessage message = await bench.IncidentAsync();

        await bench.SendAllAsync(message, message, message with { Attempt = 3 }, message);

        Assert.Single(bench.Server.Messages);
    }

    [Fact]
    public async Task Send_TenInstancesAtOnce_SendOnce()
    {
        await using AlertBench bench = new(azurite.Connection);
        AlertMessage message = await bench.IncidentAsync();
        ServiceProvider[] instances = [.. Enumerable.Range(0, 10).Select(_ => bench.Instance())];

        await Task.WhenAll(instances.Select(instance => AlertBench.SendAsync(instance, message)));
        await bench.SendAllAsync();

        Assert.Single(bench.Server.Messages);
        Assert.Equal(JournalKind.Sent, Assert.Single(await bench.JournalAsync()).Kind);
    }

    [Fact]
    public async Task Send_InstanceDiesBeforeSending_AnotherSendsWhenTheClaimHasEnded()
    {
        await using AlertBench bench = new(azurite.Connection);
        AlertMessage message = await bench.IncidentAsync();
        AlertTable table = bench.Services.GetRequiredService<AlertTable>();
        Assert.Equal(AlertClaim.Granted, await table.ClaimAsync(message, "mail", mayRepeat: false, TestContext.Current.CancellationToken));

        await bench.SendAllAsync(message);

        Assert.Single(bench.Server.Messages);
    }

    [Fact]
    public async Task Send_InstanceDiesBetweenSendingAndRecording_SendsTwiceAtMostWithTheSameId()
    {
        await using AlertBench bench = new(azurite.Connection);
        using CancellationTokenSource killed = new();
        DyingChannel dying = new(killed);
        bench.Channels.Add(dying);
        AlertMessage message = await bench.IncidentAsync() with { Channel = dying.Name };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await bench.Instance().GetRequiredService<AlertSender>().SendAsync(message, killed.Token));
        bench.Clock.Advance(AlertTable.ClaimLasts + TimeSpan.FromSeconds(1));
        await AlertBench.SendAsync(bench.Instance(), message);
        bench.Clock.Advance(AlertTable.ClaimLasts + TimeSpan.FromSeconds(1));
        await AlertBench.SendAsync(bench.Instance(), message);

        Assert.Equal(2, dying.Sent.Count);
        Assert.Single(dying.Sent.Distinct());
    }

    [Fact]
    public async Task Send_RandomFaults_NeverMoreThanTwiceAndNeverWithoutARecord()
    {
        SmtpFault[] faults = [.. Enum.GetValues<SmtpFault>().Where(static fault => fault is not (SmtpFault.Silent or SmtpFault.Slow))];
        for (int seed = 0; seed < 15; seed++)
        {
            await using AlertBench bench = new(azurite.Connection);
            Random random = new(seed);
            SmtpFault[] plan = [.. Enumerable.Range(0, 6).Select(_ => faults[random.Next(faults.Length)])];
            bench.Server.Faults = number => number < plan.Length ? plan[number] : SmtpFault.None;

            await bench.SendAllAsync(await bench.IncidentAsync());

            string what = $"seed {seed}: {string.Join(' ', plan)}";
            Assert.True(bench.Server.Messages.Count <= 2 && bench.Server.MessageIds.Distinct().Count() <= 1, what);
            JournalEntry entry = Assert.Single(await bench.JournalAsync());
            Assert.True(entry.Kind is JournalKind.Failed or JournalKind.Unconfirmed || !bench.Server.Messages.IsEmpty, what);
        }
    }

    [Fact]
    public async Task Send_OneChannelIsAway_CostsTheOthersNothing()
    {
        await using AlertBench bench = new(azurite.Connection);
        RecordingChannel other = new(AlertRoute.Everything);
        bench.Channels.Add(other);
        bench.Server.Faults = static number => number < 3 ? SmtpFault.Away : SmtpFault.None;
        ServiceProvider instance = bench.Instance();

        await bench.Queue.SendAsync(await bench.IncidentAsync(), TimeSpan.Zero, TestContext.Current.CancellationToken);
        await bench.Queue.DrainAsync(message => AlertBench.SendAsync(instance, message));

        Assert.Single(bench.Server.Messages);
        Assert.Single(other.Sent);
    }

    [Fact]
    public async Task Send_QuietHours_LesserAlertsWaitForTheMorning()
    {
        await using AlertBench bench = new(azurite.Connection);
        QuietHours night = QuietHours.Parse("22:00-07:00", "Europe/Berlin", Severity.High)!;
        RecordingChannel channel = new(AlertRoute.Everything with { Quiet = night });
        bench.Channels.Add(channel);
        ServiceProvider instance = bench.Instance();
        DateTimeOffset midnight = new(bench.Clock.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
        bench.Clock.SetUtcNow(midnight);
        AlertMessage grave = await bench.IncidentAsync("grave@example.org");
        AlertMessage lesser = await bench.IncidentAsync("lesser@example.org", Severity.Medium, "b");

        // Two of medium level are an alert of medium level.
        await new DetectionTable(bench.Storage).WriteAsync(
            [Some.Detection("second", 1, Severity.Medium, "impact", "lesser@example.org") with { Cluster = bench.Cluster }],
            TestContext.Current.CancellationToken);
        await AlertBench.SendAsync(instance, grave with { Channel = channel.Name });
        await AlertBench.SendAsync(instance, lesser with { Channel = channel.Name });

        Assert.Equal([grave.Incident], channel.Sent);
        await bench.Queue.DrainAsync(message => AlertBench.SendAsync(instance, message));
        Assert.Equal([grave.Incident, lesser.Incident], channel.Sent);
        DateTime local = TimeZoneInfo.ConvertTime(bench.Clock.GetUtcNow(), night.Zone).DateTime;
        Assert.Equal(new TimeSpan(7, 0, 0), local.TimeOfDay);
    }
}
