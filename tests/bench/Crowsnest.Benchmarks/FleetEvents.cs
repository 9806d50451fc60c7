using System.Globalization;
using System.Text;
using Crowsnest.Testing;

namespace Crowsnest.Benchmarks;

/// <summary>
/// Made-up traffic of a fleet: service accounts that read and write what is theirs, one cluster with fifty times the load of the
/// others, and an attack in some.
/// </summary>
/// <param name="clusters">How many there are.</param>
/// <param name="principals">Service accounts of each.</param>
internal sealed class FleetEvents(int clusters, int principals)
{
    internal const int RecordsPerMessage = 20;
    internal const string Mallory = "mallory@example.org";

    // What the first cluster sends more than another.
    private const int LoadOfFirst = 50;

    // The service accounts of a namespace.
    private const int PrincipalsOfNamespace = 20;

    private static readonly (string Verb, string Resource)[] Usual =
        [("get", "configmaps"), ("list", "endpoints"), ("get", "services"), ("update", "leases"), ("patch", "configmaps")];

    private static readonly string Event = new EventJson
    {
        AuditId = "@id@",
        Verb = "@verb@",
        RequestUri = "/api/v1/namespaces/@ns@/@resource@/state-@name@",
        User = "system:serviceaccount:@ns@:@name@",
        Groups = ["system:serviceaccounts", "system:serviceaccounts:@ns@", "system:authenticated"],
        SourceIPs = ["10.244.1.17"],
        UserAgent = "app/v0.0.0 (linux/amd64) kubernetes/$Format",
        Resource = "@resource@",
        Namespace = "@ns@",
        Name = "state-@name@",
        Code = 200,
        Level = "Metadata",
        Time = DateTimeOffset.UnixEpoch,
    }.ToString();

    private static readonly string Record = EventJson.AksRecord(Event + "\n");

    private readonly Random _random = new(1);
    private long _made;

    /// <summary>The name of a cluster in alerts.</summary>
    internal static string NameOf(int cluster) => string.Create(CultureInfo.InvariantCulture, $"fleet-{cluster}");

    /// <summary>The cluster that sends next.</summary>
    internal int Next() => _random.Next(clusters + LoadOfFirst - 1) is var i && i < LoadOfFirst ? 0 : i - LoadOfFirst + 1;

    /// <summary>A message of usual records.</summary>
    internal byte[] Message(int cluster, DateTimeOffset now) =>
        Encoding.UTF8.GetBytes($"{{\"records\":[{Many(RecordsPerMessage, Fill(Record, cluster, now))}]}}");

    /// <summary>What an API server posts to an audit webhook.</summary>
    internal byte[] Body(int events, DateTimeOffset now) => Encoding.UTF8.GetBytes(
        $"{{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"items\":[{Many(events, Fill(Event, 0, now))}]}}");

    /// <summary>The message of somebody who makes a service account cluster-admin and reads all secrets.</summary>
    internal byte[] Attack(int cluster, DateTimeOffset now)
    {
        EventJson grant = new()
        {
            AuditId = string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-9000-{_made++:d12}"),
            User = Mallory,
            Resource = "clusterrolebindings",
            ApiGroup = "rbac.authorization.k8s.io",
            Namespace = "",
            Name = "support",
            RequestUri = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            Level = "RequestResponse",
            RequestObject = """
                {"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},
                 "subjects":[{"kind":"ServiceAccount","name":"default","namespace":"shop"}]}
                """,
            Time = DateTimeOffset.UnixEpoch,
        };
        EventJson read = grant with
        {
            AuditId = string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-9000-{_made++:d12}"),
            Verb = "list",
            Resource = "secrets",
            ApiGroup = "",
            Name = "",
            RequestUri = "/api/v1/secrets",
            RequestObject = null,
            Code = 200,
            Level = "Metadata",
        };
        string records = string.Join(',', new[] { grant, read }.Select(one => Fill(one.ToAksRecord(), cluster, now)));
        return Encoding.UTF8.GetBytes($"{{\"records\":[{records}]}}");
    }

    private string Many(int count, string template)
    {
        StringBuilder text = new();
        for (int i = 0; i < count; i++)
        {
            int who = _random.Next(principals);
            (string verb, string resource) = Usual[who % Usual.Length];
            string space = string.Create(CultureInfo.InvariantCulture, $"team-{who / PrincipalsOfNamespace}");
            string id = string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{_made++:d12}");
            text.Append(i > 0 ? "," : "").Append(template.Replace("@id@", id, StringComparison.Ordinal)
                .Replace("@verb@", verb, StringComparison.Ordinal).Replace("@resource@", resource, StringComparison.Ordinal)
                .Replace("@ns@", space, StringComparison.Ordinal)
                .Replace("@name@", string.Create(CultureInfo.InvariantCulture, $"app-{who}"), StringComparison.Ordinal));
        }

        return text.ToString();
    }

    private static string Fill(string record, int cluster, DateTimeOffset now) => record
        .Replace("/PROD\"", $"/{NameOf(cluster).ToUpperInvariant()}\"", StringComparison.Ordinal)
        .Replace("1970-01-01T00:00:00.000000Z", now.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
            StringComparison.Ordinal);
}
