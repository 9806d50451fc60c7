using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>The ATT&amp;CK techniques (version 18) that rules of audit logs name, and the tactics that each belongs to.</summary>
public static class AttackCatalogue
{
    private static readonly FrozenDictionary<string, (string Name, string[] Tactics)> Techniques = Make();

    /// <summary>The fourteen enterprise tactics, in the order of the matrix.</summary>
    public static IReadOnlyList<string> AllTactics { get; } =
    [
        "reconnaissance", "resource-development", "initial-access", "execution", "persistence", "privilege-escalation",
        "defense-evasion", "credential-access", "discovery", "lateral-movement", "collection", "command-and-control",
        "exfiltration", "impact",
    ];

    /// <summary>The technique's name, or null when it is not in the catalogue.</summary>
    public static string? Name(string technique) =>
        Techniques.TryGetValue(technique, out (string Name, string[] _) found) ? found.Name : null;

    /// <summary>The tactics that the technique serves; none when it is not in the catalogue.</summary>
    public static IReadOnlyList<string> Tactics(string technique) =>
        Techniques.TryGetValue(technique, out (string _, string[] Tactics) found) ? found.Tactics : [];

    private static FrozenDictionary<string, (string Name, string[] Tactics)> Make()
    {
        const string access = "initial-access", execution = "execution", persistence = "persistence",
            escalation = "privilege-escalation", evasion = "defense-evasion", credentials = "credential-access",
            discovery = "discovery", lateral = "lateral-movement", collection = "collection",
            control = "command-and-control", exfiltration = "exfiltration", impact = "impact";
        return new Dictionary<string, (string, string[])>
        {
            ["T1005"] = ("Data from Local System", [collection]),
            ["T1036"] = ("Masquerading", [evasion]),
            ["T1036.005"] = ("Match Legitimate Resource Name or Location", [evasion]),
            ["T1040"] = ("Network Sniffing", [credentials, discovery]),
            ["T1041"] = ("Exfiltration Over C2 Channel", [exfiltration]),
            ["T1053.007"] = ("Container Orchestration Job", [execution, persistence, escalation]),
            ["T1059.004"] = ("Unix Shell", [execution]),
            ["T1069.003"] = ("Cloud Groups", [discovery]),
            ["T1070"] = ("Indicator Removal", [evasion]),
            ["T1078"] = ("Valid Accounts", [access, persistence, escalation, evasion]),
            ["T1078.001"] = ("Default Accounts", [access, persistence, escalation, evasion]),
            ["T1078.004"] = ("Cloud Accounts", [access, persistence, escalation, evasion]),
            ["T1090"] = ("Proxy", [control]),
            ["T1098"] = ("Account Manipulation", [persistence, escalation]),
            ["T1098.006"] = ("Additional Container Cluster Roles", [persistence, escalation]),
            ["T1105"] = ("Ingress Tool Transfer", [control]),
            ["T1133"] = ("External Remote Services", [access, persistence]),
            ["T1134"] = ("Access Token Manipulation", [evasion, escalation]),
            ["T1136.001"] = ("Local Account", [persistence]),
            ["T1190"] = ("Exploit Public-Facing Application", [access]),
            ["T1204.003"] = ("Malicious Image", [execution]),
            ["T1210"] = ("Exploitation of Remote Services", [lateral]),
            ["T1110"] = ("Brute Force", [credentials]),
            ["T1485"] = ("Data Destruction", [impact]),
            ["T1489"] = ("Service Stop", [impact]),
            ["T1496"] = ("Resource Hijacking", [impact]),
            ["T1496.001"] = ("Compute Hijacking", [impact]),
            ["T1499"] = ("Endpoint Denial of Service", [impact]),
            ["T1528"] = ("Steal Application Access Token", [credentials]),
            ["T1543.005"] = ("Container Service", [persistence, escalation]),
            ["T1546"] = ("Event Triggered Execution", [escalation, persistence]),
            ["T1550.001"] = ("Application Access Token", [evasion, lateral]),
            ["T1552.001"] = ("Credentials In Files", [credentials]),
            ["T1552.005"] = ("Cloud Instance Metadata API", [credentials]),
            ["T1552.007"] = ("Container API", [credentials]),
            ["T1557"] = ("Adversary-in-the-Middle", [credentials, collection]),
            ["T1562.001"] = ("Disable or Modify Tools", [evasion]),
            ["T1562.007"] = ("Disable or Modify Cloud Firewall", [evasion]),
            ["T1562.008"] = ("Disable or Modify Cloud Logs", [evasion]),
            ["T1565.001"] = ("Stored Data Manipulation", [impact]),
            ["T1572"] = ("Protocol Tunneling", [control]),
            ["T1609"] = ("Container Administration Command", [execution]),
            ["T1610"] = ("Deploy Container", [execution, evasion]),
            ["T1611"] = ("Escape to Host", [escalation]),
            ["T1613"] = ("Container and Resource Discovery", [discovery]),
            ["T1649"] = ("Steal or Forge Authentication Certificates", [credentials]),
        }.ToFrozenDictionary();
    }
}
