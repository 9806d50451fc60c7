using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Scoring;

/// <summary>Tells from requests whether a model is of the cluster that they were made to: it knows the accounts, or it does not.</summary>
public sealed class Acquaintance(AnomalyModel model)
{
    // With fewer accounts it may be somebody new who was recorded.
    private const int FewestAccounts = 10;
    private const int MostRequests = 20_000;

    private readonly TraitReader _reader = model.CreateReader();
    private readonly EventTraits _traits = new();
    private readonly Dictionary<string, bool> _accounts = new(StringComparer.Ordinal);
    private int _requests;

    /// <summary>True when it knows fewer than half of the people and workloads, and there are enough of them to tell.</summary>
    public bool IsStranger => _accounts.Count >= FewestAccounts && _accounts.Values.Count(static known => known) * 2 < _accounts.Count;

    /// <summary>Looks at the next request.</summary>
    /// <returns>False when enough was seen.</returns>
    public bool Meet(AuditEvent audit)
    {
        if (audit.PrincipalClass is PrincipalClass.Human or PrincipalClass.WorkloadServiceAccount
            && !_accounts.ContainsKey(audit.Principal))
        {
            using EventView view = new(audit);
            _reader.Read(view, _traits);
            _accounts.Add(audit.Principal, model.Profile.ActiveHours(_traits.Terms[(int)TraitName.Action].Principal) > 0);
        }

        return ++_requests < MostRequests;
    }
}
