using Crowsnest.Azure;
using Crowsnest.Azure.Alerts;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;
using Microsoft.Extensions.Options;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>How many alerts a day may have.</summary>
public sealed class AlertBudgetTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    // The gravest are always told, the others have a part of the budget; the first of each kind is told whatever is left.
    [Fact]
    public async Task Budget_OfADay_KeepsItsLastForTheGravest()
    {
        await using AlertBench bench = new(azurite.Connection);
        AlertBudget budget = new(bench.Storage, TimeProvider.System, Options.Create(new CrowsnestOptions { AlertsPerDay = 10 }));
        int given = 0;
        async Task<int> TakeAsync(Severity severity, int times)
        {
            int taken = 0;
            for (int i = 0; i < times; i++)
            {
                Detection detection = Some.Detection($"budget-{given++}", 0, severity, principal: $"budget-{given}") with
                {
                    Cluster = "budget",
                };

                // Five kinds, so that no kind's own share counts.
                Incident incident = IncidentBuilder.Group([detection with { Rule = new($"budget-{given % 5}", "Budget", "1") }])[0];
                bool granted = await budget.TakeAsync(incident, 1, TestContext.Current.CancellationToken);
                Assert.Equal(granted, await budget.TakeAsync(incident, 1, TestContext.Current.CancellationToken));
                taken += granted ? 1 : 0;
            }

            return taken;
        }

        Assert.Equal(5, await TakeAsync(Severity.Medium, 7));
        Assert.Equal(5, await TakeAsync(Severity.High, 7));
        Assert.Equal(12, await TakeAsync(Severity.Critical, 12));
    }
}
