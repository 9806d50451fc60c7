using System.Net;
using System.Net.Sockets;

namespace Crowsnest.Core.Audit;

/// <summary>The network that an address belongs to, as far as addresses of one owner lie together.</summary>
public static class NetworkPrefix
{
    /// <summary>The /24 of an IPv4 address, the /64 of an IPv6 one, or the text itself.</summary>
    public static string Of(string address)
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
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes) + "/64";
    }
}
