using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crowsnest.Functions.Pages.Access;

/// <summary>
/// Whoever signed in at App Service authentication, as it hands them on in the header <c>X-MS-CLIENT-PRINCIPAL</c>: base64 of this as
/// JSON. It takes the header off whatever comes from outside.
/// </summary>
internal sealed record ClientPrincipal
{
    internal const string Header = "X-MS-CLIENT-PRINCIPAL";

    // As Entra writes it, and as .NET maps it.
    private static readonly string[] RoleTypes = ["roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"];

    // What tells one person from another for people, the best first.
    private static readonly string[] NameTypes =
    [
        "preferred_username", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress", "name",
        "http://schemas.microsoft.com/identity/claims/objectidentifier", "appid", "azp",
    ];

    [JsonPropertyName("auth_typ")]
    public string Provider { get; init; } = "";

    [JsonPropertyName("role_typ")]
    public string RoleType { get; init; } = "";

    [JsonPropertyName("claims")]
    public IReadOnlyList<ClientClaim> Claims { get; init; } = [];

    /// <summary>Reads the header.</summary>
    /// <returns>Null when it is none, or of another provider than Entra.</returns>
    internal static ClientPrincipal? Read(string header)
    {
        try
        {
            ClientPrincipal? read = JsonSerializer.Deserialize(
                Convert.FromBase64String(header), ClientPrincipalJson.Default.ClientPrincipal);
            return read is { Provider: "aad", Claims: not null } ? read : null;
        }
        catch (Exception none) when (none is FormatException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The visitor that it stands for.</summary>
    internal Visitor ToVisitor() => new(
        NameTypes.Select(type => Claims.FirstOrDefault(claim => claim.Type == type)?.Value).FirstOrDefault(static name => name?.Length > 0)
            ?? "somebody without a name",
        Claims.Where(claim => RoleTypes.Contains(claim.Type) || (RoleType.Length > 0 && claim.Type == RoleType))
            .Select(static claim => RoleOf(claim.Value)).DefaultIfEmpty(ConsoleRole.None).Max());

    // A number is a value of the enumeration too, and no name of a role.
    private static ConsoleRole RoleOf(string name) =>
        Enum.GetValues<ConsoleRole>().FirstOrDefault(role => role != ConsoleRole.None
            && name.Equals(role.ToString(), StringComparison.OrdinalIgnoreCase));
}

/// <summary>A claim of a <see cref="ClientPrincipal"/>.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Value">Its value.</param>
internal sealed record ClientClaim(
    [property: JsonPropertyName("typ")] string Type, [property: JsonPropertyName("val")] string Value);

[JsonSerializable(typeof(ClientPrincipal))]
internal sealed partial class ClientPrincipalJson : JsonSerializerContext;
