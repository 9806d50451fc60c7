using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Which entries about known operators a log has a use for. One that never matches is of an operator that is not here, or is installed
/// under another name: then it excuses nothing.
/// </summary>
public sealed class OperatorUse(OperatorCatalogue operators)
{
    private readonly HashSet<KnownOperation> _used = new(ReferenceEqualityComparer.Instance);

    // Of each account the clients that it came with, as far as they are none of the entry's.
    private readonly Dictionary<string, SortedSet<string>> _accounts = new(StringComparer.Ordinal);

    // Whoever holds an account may call its client as they like.
    private const int MostClients = 3;

    /// <summary>Hears the next event.</summary>
    public void Hear(AuditEvent audit)
    {
        if (operators.Find(audit) is { } found)
        {
            _used.Add(found.Operation);
        }

        foreach (KnownOperator one in operators.Of(audit.Principal))
        {
            _accounts.TryAdd(audit.Principal, new SortedSet<string>(StringComparer.Ordinal));
            SortedSet<string> others = _accounts[audit.Principal];
            if (!one.Clients.Any(client => audit.UserAgent.StartsWith(client, StringComparison.Ordinal)) && others.Count < MostClients)
            {
                others.Add(audit.UserAgent.Split('/', ' ')[0]);
            }
        }
    }

    /// <summary>The entries that never matched, each with why, in the order of the catalogue.</summary>
    public IEnumerable<(string Operator, string Why)> NeverMatched()
    {
        foreach (KnownOperator one in operators.All)
        {
            List<string> seen = [.. one.Accounts.Where(_accounts.ContainsKey)];
            if (!one.Does.Any(_used.Contains))
            {
                string[] others = [.. seen.SelectMany(account => _accounts[account]).Distinct().Take(MostClients)];
                yield return (one.Name, seen.Count == 0 ? "none of its accounts is here"
                    : others.Length > 0 ? $"its account is here with another client: {string.Join(", ", others)}"
                    : "its account is here, and does nothing that is listed");
                continue;
            }

            foreach (KnownOperation operation in one.Does.Where(operation => !_used.Contains(operation)))
            {
                yield return (one.Name, $"never did {string.Join(", ", operation.Verbs.Order(StringComparer.Ordinal))} on "
                    + string.Join(", ", operation.Resources.Order(StringComparer.Ordinal)));
            }
        }
    }
}
