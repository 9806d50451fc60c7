using Crowsnest.Azure.Investigation;
using Crowsnest.Core.Rules;

namespace Crowsnest.Functions.Pages.Content;

/// <summary>What the page of a rule shows.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Text">Its file.</param>
/// <param name="Blind">Clusters on which it sees nothing, or not all, and why.</param>
/// <param name="Hits">Findings by cluster and day, the latest first, with the number of principals.</param>
/// <param name="TrialDays">Days of the archive that it can be tried on.</param>
/// <param name="Trial">What came of trying it; null when nobody asked.</param>
public sealed record RuleModel(
    SigmaRule Rule,
    string Text,
    IReadOnlyList<(string Cluster, string Why)> Blind,
    IReadOnlyList<(string Cluster, DateOnly Day, int Findings, int Principals)> Hits,
    int TrialDays,
    RuleTrialResult? Trial);
