using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Tells whether a request of a controller's account can come from the controller manager, which has the only copy of its token.
/// A user agent is easily forged, but whoever steals a token may not think of it.
/// </summary>
internal static class ControllerClient
{
    // Programs that run the controllers: the manager itself, and distributions that are one program.
    private static readonly string[] Programs =
        ["kube-controller-manager/", "hyperkube/", "k0s/", "k3s/", "kubelite/", "microshift/", "rke2/"];

    // What is not routed on the internet (RFC 6890): loopback, private, shared, link-local, and TEST-NET-1, which AKS uses inside.
    private static readonly IPNetwork[] Inside =
    [
        .. new[]
        {
            "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.2.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "::1/128", "fc00::/7", "fe80::/10",
        }.Select(static network => IPNetwork.Parse(network)),
    ];

    internal static bool IsManager(AuditEvent audit) => IsProgram(audit) && IsInside(audit.ClientAddress);

    // Each controller's client adds the account that it uses (controller-manager clientbuilder, rest.AddUserAgent).
    private static bool IsProgram(AuditEvent audit) =>
        audit.UserAgent.Length == 0 ? IsBeforeUserAgents(audit)
        : audit.Principal.StartsWith(PrincipalClassifier.ServiceAccountPrefix, StringComparison.Ordinal)
            ? audit.UserAgent.Length > audit.Principal.Length && audit.UserAgent.EndsWith(audit.Principal, StringComparison.Ordinal)
                && audit.UserAgent[^(audit.Principal.Length + 1)] == '/'
        : Array.Exists(Programs, program => audit.UserAgent.StartsWith(program, StringComparison.Ordinal));

    // Until Kubernetes 1.11 events had an object metadata of their own (audit/v1beta1), and none named a user agent. Who sends
    // an empty one can't add to the event.
    private static bool IsBeforeUserAgents(AuditEvent audit)
    {
        using JsonDocument? document = RequestBody.Read(audit.Json);
        JsonElement json = document?.RootElement ?? default;
        return json.Text("timestamp").Length > 0 && json.Member("metadata").Text("creationTimestamp").Length > 0;
    }

    // An address that was not logged says nothing.
    private static bool IsInside(string text)
    {
        if (!IPAddress.TryParse(text, out IPAddress? address))
        {
            return text.Length == 0;
        }

        address = address is { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return Array.Exists(Inside, network => network.Contains(address));
    }
}
