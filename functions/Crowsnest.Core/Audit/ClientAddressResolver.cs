using System.Net;

namespace Crowsnest.Core.Audit;

/// <summary>
/// Picks the client address out of <c>sourceIPs</c>: the right-most entry that is not one of the platform's own proxies.
/// Entries further left come from X-Forwarded-For, which the client sets at will (kubernetes PR 87167).
/// </summary>
public sealed class ClientAddressResolver
{
    /// <summary>Networks that AKS reserves for its own hops.</summary>
    public static IReadOnlyList<string> DefaultProxyNetworks { get; } =
        ["172.30.0.0/16", "172.31.0.0/16", "169.254.0.0/16", "192.0.2.0/24"];

    private readonly IPNetwork[] _proxies;

    public ClientAddressResolver(IEnumerable<string> proxyNetworks) =>
        _proxies = [.. proxyNetworks.Select(static network => IPNetwork.Parse(network))];

    public static ClientAddressResolver Default { get; } = new(DefaultProxyNetworks);

    public string Resolve(IReadOnlyList<string> sourceIPs)
    {
        for (int i = sourceIPs.Count - 1; i >= 0; i--)
        {
            if (!IsProxy(sourceIPs[i]))
            {
                return sourceIPs[i];
            }
        }

        return sourceIPs.Count == 0 ? "" : sourceIPs[^1];
    }

    private bool IsProxy(string text)
    {
        if (!IPAddress.TryParse(text, out IPAddress? address))
        {
            return false;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        foreach (IPNetwork proxy in _proxies)
        {
            if (proxy.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
