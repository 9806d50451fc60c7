using Crowsnest.Core.Alerting;

namespace Crowsnest.Functions.Pages.Content;

/// <summary>The suppressions.</summary>
/// <param name="All">All, ended ones too, the oldest first.</param>
/// <param name="Rules">Titles of rules by id.</param>
/// <param name="Now">The time.</param>
public sealed record SuppressionsModel(IReadOnlyList<Suppression> All, IReadOnlyDictionary<string, string> Rules, DateTimeOffset Now);
