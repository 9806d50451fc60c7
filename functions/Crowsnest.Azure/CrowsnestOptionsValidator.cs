using System.Net;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure;

/// <summary>Checks the settings at start: ranges from the attributes, and networks that must parse.</summary>
[OptionsValidator]
public sealed partial class CrowsnestOptionsValidator : IValidateOptions<CrowsnestOptions>
{
    /// <summary>Checks what attributes can't.</summary>
    public static string? FirstBadNetwork(CrowsnestOptions options) =>
        options.ProxyNetworks.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .FirstOrDefault(static network => !IPNetwork.TryParse(network, out _));
}
