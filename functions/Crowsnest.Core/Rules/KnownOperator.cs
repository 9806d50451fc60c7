using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>A well-known operator, and what it does by design.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Source">Where its manifests are.</param>
/// <param name="Accounts">The accounts that its manifests install, by their whole names.</param>
/// <param name="Clients">How its user agents begin.</param>
/// <param name="Does">What it does by design.</param>
public sealed record KnownOperator(
    string Name, string Source, IReadOnlyList<string> Accounts, IReadOnlyList<string> Clients, IReadOnlyList<KnownOperation> Does)
{
    /// <summary>What it does by design that the event is, or null: another client, or anything else, is judged in full.</summary>
    internal KnownOperation? Covers(AuditEvent audit) =>
        audit.ImpersonatedUser is null && Clients.Any(client => audit.UserAgent.StartsWith(client, StringComparison.Ordinal))
            ? Does.FirstOrDefault(operation => operation.Covers(audit))
            : null;
}
