namespace Crowsnest.Functions.Pages.Health;

/// <summary>The incidents of a cluster by day.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Open">How many are open.</param>
/// <param name="PerDay">How many touch each of the days, the oldest first.</param>
/// <param name="BudgetUsed">Alerts that were taken out of today's budget.</param>
public sealed record ClusterDays(string Cluster, int Open, IReadOnlyList<int> PerDay, int BudgetUsed);
