namespace Crowsnest.Core.Ledger;

/// <summary>What requests of the ledger are counted together by. Text that the events lack is empty.</summary>
/// <param name="Principal">Who is judged for it.</param>
/// <param name="User">Who was authenticated.</param>
/// <param name="Verb">What was done.</param>
/// <param name="ApiGroup">API group of the object.</param>
/// <param name="Resource">Kind of the object; empty for paths that are none.</param>
/// <param name="Subresource">Part of the object.</param>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name where the action touches power; the path of what is no object.</param>
/// <param name="ClientIp">Where from, as far as it can be known.</param>
/// <param name="Network">The network of that address.</param>
/// <param name="UserAgentFamily">First word of the user agent.</param>
/// <param name="Outcome"><c>2xx</c>, <c>403</c> and so on, or <c>none</c>.</param>
/// <param name="Decision">allow or forbid, as the API server's authorizer said.</param>
/// <param name="Reason">The authorizer's reason: which binding let it through.</param>
public readonly record struct LedgerKey(
    string Principal,
    string User,
    string Verb,
    string ApiGroup,
    string Resource,
    string Subresource,
    string Namespace,
    string Name,
    string ClientIp,
    string Network,
    string UserAgentFamily,
    string Outcome,
    string Decision,
    string Reason);
