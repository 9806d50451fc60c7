using System.Net;

namespace Crowsnest.Core.Audit;

/// <summary>
/// Picks the client address out of <c>sourceIPs</c>: the right-most entry that is not one of the platform's own proxies.
/// Entries further left come from X-Forwarded-For, which the client sets at will (kubernetes PR 87167).
/// </summary>
public sealed class ClientAddressResolver
{
    // AKS reserves them for its own hops. Elsewhere people have them as networks of their own (172.31.0.0/16 is the default
    // VPC of AWS), and what stands left of such an address is what its owner wrote.
    private static readonly string[] AksNetworks = ["172.30.0.0/16", "172.31.0.0/16"];

    private readonly IPNetwork[] _proxies;
    private readonly IPNetwork[] _aksProxies;

    /// <summary>Takes the networks of proxies. Those that AKS reserves count on AKS only, unless others are given.</summary>
    public ClientAddressResolver(IEnumerable<string> proxyNetworks)
    {
        string[] all = [.. proxyNetworks];
        _aksProxies = [.. all.Select(static network => IPNetwork.Parse(network))];
        _proxies = all.Order(StringComparer.Ordinal).SequenceEqual(DefaultProxyNetworks.Order(StringComparer.Ordinal))
            ? [.. all.Except(AksNetworks).Select(static network => IPNetwork.Parse(network))]
            : _aksProxies;
    }

    /// <summary>Networks that AKS reserves for its own hops.</summary>
    public static IReadOnlyList<string> DefaultProxyNetworks { get; } = [.. AksNetworks, "169.254.0.0/16", "192.0.2.0/24"];

    public static ClientAddressResolver Default { get; } = new(DefaultProxyNetworks);

    /// <summary>Finds the client.</summary>
    /// <param name="sourceIPs">As logged.</param>
    /// <param name="isAks">True when the event comes from AKS.</param>
    public string Resolve(IReadOnlyList<string> sourceIPs, bool isAks)
    {
        for (int i = sourceIPs.Count - 1; i >= 0; i--)
        {
            if (!IsIn(sourceIPs[i], isAks ? _aksProxies : _proxies))
            {
                return sourceIPs[i];
            }
        }

        return sourceIPs.Count == 0 ? "" : sourceIPs[^1];
    }

    private static bool IsIn(string text, IPNetwork[] networks)
    {
        if (!IPAddress.TryParse(text, out IPAddress? address))
        {
            return false;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        foreach (IPNetwork network in networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
