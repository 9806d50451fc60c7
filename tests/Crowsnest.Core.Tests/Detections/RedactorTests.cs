using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Tests.Detections;

public sealed class RedactorTests
{
    [Theory]
    [InlineData("curl -H Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln", "eyJ")]
    [InlineData("mysql --password=hunter2 -u root", "hunter2")]
    [InlineData("/api/v1/x?token=abcdef0123&y=1", "abcdef0123")]
    [InlineData("env API_KEY=s3cr3tvalue run", "s3cr3tvalue")]
    public void Redact_TextWithACredential_TakesItOut(string text, string secret)
    {
        string redacted = Redactor.Redact(text);

        Assert.DoesNotContain(secret, redacted, StringComparison.Ordinal);
        Assert.Contains("[redacted]", redacted, StringComparison.Ordinal);
    }

    // The shapes of the first review, with other values. Nothing but its place tells of most of these that they are credentials.
    [Theory]
    [InlineData("mysql -uroot -pVALUE")]
    [InlineData("x --password=VALUE")]
    [InlineData("x --password VALUE")]
    [InlineData("curl -u admin:VALUE https://x")]
    [InlineData("psql postgres://app:VALUE@db/x")]
    [InlineData("sh -c AWS_SECRET_ACCESS_KEY=VALUE aws s3 ls")]
    [InlineData("curl -H Authorization: Bearer VALUE")]
    [InlineData("curl -H Authorization: Basic VALUE")]
    [InlineData("curl -H Authorization: Unknown VALUE")]
    [InlineData("curl -H X-Vault-Token: VALUE")]
    [InlineData("curl -b session=VALUE")]
    [InlineData("AccountName=a;AccountKey=VALUE;EndpointSuffix=x")]
    [InlineData("curl https://x/?sv=1&sig=VALUE&se=2")]
    [InlineData("git clone https://VALUE@github.com/x")]
    [InlineData("sqlcmd -P VALUE")]
    [InlineData("curl -d {\"client_secret\":\"VALUE\"}")]
    [InlineData("x --private-key=VALUE")]
    [InlineData("PASS=VALUE")]
    [InlineData("x --credential=VALUE")]
    [InlineData("-----BEGIN PRIVATE KEY-----VALUE")]
    [InlineData("gpg --passphrase VALUE")]
    [InlineData("/api/v1/secrets?token=VALUE")]
    [InlineData("/foo?access%5Ftoken=VALUE")]
    [InlineData("/x/exec?command=x&command=--password&command=VALUE")]
    [InlineData("/x/exec?command=curl&command=-u&command=admin%3AVALUE")]
    [InlineData("{\"env\":[{\"name\":\"DB_PASSWORD\",\"value\":\"VALUE\"}]}")]
    [InlineData("{\"a\":\"{\\\"b\\\":\\\"{\\\\\\\"token\\\\\\\":\\\\\\\"VALUE\\\\\\\"}\\\"}\"}")]
    [InlineData("Server=x;User=sa;Pwd=VALUE")]
    [InlineData("stratum+tcp://u:VALUE@pool:3333")]
    [InlineData("db.password=VALUE")]
    [InlineData("{\"args\":[\"--token\",\"VALUE\"]}")]
    [InlineData("name: DB_PASSWORD\n  value: VALUE")]
    [InlineData("\\u0070assword=VALUE")]
    [InlineData("Digest username=\"x\", realm=\"y\", response=\"VALUE\"")]
    [InlineData("Set-Cookie: a=b; sid=VALUE; Path=/")]
    public void Redact_WordWithNothingButAName_TakesItOut(string text)
    {
        string redacted = Redactor.Redact(text.Replace("VALUE", "hunterword", StringComparison.Ordinal));

        Assert.DoesNotContain("hunterword", redacted, StringComparison.Ordinal);
        Assert.Equal(redacted, Redactor.Redact(redacted));
    }

    [Theory]
    [InlineData("Authorization: Bearer hunterword", "Authorization: Bearer [redacted]")]
    [InlineData("curl -u admin:hunterword http://x", "curl -u admin:[redacted] http://x")]
    [InlineData("postgres://app:hunterword@db/x", "postgres://app:[redacted]@db/x")]
    [InlineData("/x/exec?command=mysql&command=-phunterword&stdin=true", "/x/exec?command=mysql&command=-p[redacted]&stdin=true")]
    public void Redact_TextAroundACredential_StaysToBeRead(string text, string expected) => Assert.Equal(expected, Redactor.Redact(text));

    // Time grows with the length: eight times the text takes nowhere near 64 times as long.
    [Theory]
    [InlineData("password=")]
    [InlineData("\\\"")]
    [InlineData("a:b@//")]
    [InlineData("{\"a\":\"")]
    [InlineData("%25")]
    [InlineData("x=Digest a=\"")]
    [InlineData("name\":\"token\",")]
    [InlineData("key=")]
    [InlineData("Bearer|")]
    [InlineData("aB3")]
    [InlineData("-----BEGIN PRIVATE")]
    public void Redact_EvilText_TakesTimeInProportion(string unit)
    {
        string text = string.Concat(Enumerable.Repeat(unit, 400_000 / unit.Length));
        long start = TimeProvider.System.GetTimestamp();

        Redactor.Redact(text);

        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
    }

    [Theory]
    [InlineData("RBAC: allowed by ClusterRoleBinding \"external-secrets:viewer\" of ClusterRole \"token-reader\" to User \"x\"")]
    [InlineData("registry.example.org/team/app@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    [InlineData("registry.example.org/team/app:fcba2f1d8d4e0b06e0ea0c4a9ef1e5f0d9ed9a5c")]
    [InlineData("cainjector/v1.14.3 (linux/amd64) cert-manager/fcba2f1d8d4e0b06e0ea0c4a9ef1e5f0d9ed9a5c")]
    [InlineData("/api/v1/namespaces/shop/events/web.18ea9651ab6961e2")]
    [InlineData("/api/v1/namespaces/shop/pods/web-845bdb4667-wfwfp/exec?command=cat&command=%2Fetc%2Fpasswd%3B%20mount")]
    [InlineData("6f0c8b6e-1b1a-4000-8000-0123456789ab")]
    [InlineData("mkdir -p build && ssh -p 2222 host")]
    [InlineData("kubectl get secret db-password -o yaml")]
    [InlineData("system:serviceaccount:secrets:token-manager")]
    [InlineData("aks-nodepool1-12345678-vmss000000")]
    [InlineData("aws s3 ls")]
    [InlineData("list secrets (200)")]
    [InlineData("system:serviceaccount:shop:web")]
    [InlineData("/api/v1/namespaces/shop/secrets/db-password")]
    [InlineData("rbac.authorization.k8s.io: in 0 of 5,120, authentication.k8s.io: in 2 of 5,120")]
    public void Redact_OrdinaryText_StaysAsItIs(string text) => Assert.Equal(text, Redactor.Redact(text));
}
