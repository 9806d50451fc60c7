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

    [Theory]
    [InlineData("list secrets (200)")]
    [InlineData("system:serviceaccount:shop:web")]
    [InlineData("/api/v1/namespaces/shop/secrets/db-password")]
    public void Redact_OrdinaryText_StaysAsItIs(string text) => Assert.Equal(text, Redactor.Redact(text));
}
