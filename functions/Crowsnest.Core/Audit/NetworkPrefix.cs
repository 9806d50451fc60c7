using System.Net;
using System.Net.Sockets;

namespace Crowsnest.Core.Audit;

/// <summary>The network that an address belongs to, as far as addresses of one owner lie together.</summary>
public static class NetworkPrefix
{
    /// <summary>The /24 of an IPv4 address, the /64 of an IPv6 one, or the text itself.</summary>
    public static string Of(string address) => Of(address, 64);

    /// <summary>
    /// The same, with the /48 of an IPv6 address: so much is given to one customer (RFC 6177), who may use all networks in it.
    /// </summary>
    public static string SiteOf(string address) => Of(address, 48);

    private static string Of(string address, int bits)
    {
        if (!IPAddress.TryParse(address, out IPAddress? parsed))
        {
            return address;
        }

        if (parsed.AddressFamily == AddressFamily.InterNetwork)
        {
            return string.Concat(address.AsSpan(0, address.LastIndexOf('.')), ".0/24");
        }

        byte[] bytes = parsed.GetAddressBytes();
        bytes.AsSpan(bits / 8).Clear();
        return $"{new IPAddress(bytes)}/{bits}";
    }
}
