using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Audit;

public sealed class AuditEventParserTests
{
    private static readonly DateTimeOffset Envelope = new(2026, 11, 2, 11, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Parse_WholeEvent_ReadsEveryField()
    {
        EventJson json = new()
        {
            Resource = "pods",
            Subresource = "exec",
            Code = 101,
            Impersonated = "joe",
            RequestObject = """{"kind":"PodExecOptions"}""",
        };

        AuditEvent audit = json.ToEvent();

        Assert.Equal("create", audit.Verb);
        Assert.Equal("pods", audit.ObjectRef.Resource);
        Assert.Equal("exec", audit.ObjectRef.Subresource);
        Assert.Equal("shop", audit.ObjectRef.Namespace);
        Assert.Equal(101, audit.ResponseCode);
        Assert.Equal("joe", audit.ImpersonatedUser?.Username);
        Assert.Equal("jane@example.org", audit.Principal);
        Assert.Equal("198.51.100.7", audit.ClientAddress);
        Assert.Equal(json.Time, audit.Time);
        Assert.Equal("allow", audit.Annotation("authorization.k8s.io/decision"));
        Assert.Equal("""{"kind":"PodExecOptions"}""", Encoding.UTF8.GetString(audit.RequestObject.Span));
        Assert.False(audit.Truncated);
    }

    [Fact]
    public void Parse_EventCutInItsBody_KeepsWhatCameBefore()
    {
        string whole = new EventJson { RequestObject = "{\"metadata\":{\"pad\":\"" + new string('x', 20_000) + "\"}}" }.ToString();

        AuditParseStatus status = new AuditEventParser().Parse(
            Encoding.UTF8.GetBytes(whole[..16_384]), "prod", Envelope, out AuditEvent? audit);

        Assert.Equal(AuditParseStatus.Salvaged, status);
        Assert.NotNull(audit);
        Assert.True(audit.Truncated);
        Assert.Equal("create", audit.Verb);
        Assert.Equal(201, audit.ResponseCode);
        Assert.Equal(Envelope, audit.Time);
        Assert.True(audit.RequestObject.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("I1102 10:00:00.000000       1 trace.go:205] Trace")]
    [InlineData("{\"kind\":\"Eve")]
    [InlineData("[1,2")]
    public void Parse_NoEvent_IsUnreadable(string text)
    {
        AuditParseStatus status = new AuditEventParser().Parse(Encoding.UTF8.GetBytes(text), "prod", Envelope, out AuditEvent? audit);

        Assert.Equal(AuditParseStatus.Unreadable, status);
        Assert.Null(audit);
    }

    [Fact]
    public void Parse_OtherJson_IsNotAnAuditEvent()
    {
        AuditParseStatus status = new AuditEventParser().Parse("""{"kind":"Event"}"""u8.ToArray(), "prod", Envelope, out _);

        Assert.Equal(AuditParseStatus.NotAnAuditEvent, status);
    }

    [Fact]
    public void Parse_FailedAuthentication_IsAnonymous()
    {
        string json = """
            {"auditID":"a","stage":"ResponseStarted","requestURI":"/api","verb":"get","user":{},"sourceIPs":["203.0.113.9"],
            "responseStatus":{"metadata":{},"status":"Failure","reason":"Unauthorized","code":401}}
            """;

        new AuditEventParser().Parse(Encoding.UTF8.GetBytes(json), "prod", Envelope, out AuditEvent? audit);

        Assert.NotNull(audit);
        Assert.Equal("system:anonymous", audit.Principal);
        Assert.Equal(PrincipalClass.Anonymous, audit.PrincipalClass);
        Assert.True(audit.HasOutcome);
        Assert.Equal("Unauthorized", audit.ResponseReason);
    }

    [Fact]
    public void Parse_VerbOfAnUnknownMethod_IsAnEvent()
    {
        // Kubernetes writes an empty verb for HTTP methods that it does not know; attackers probe with them.
        string json = """{"auditID":"a","stage":"ResponseComplete","requestURI":"/api/v1/../../etc/passwd","verb":"","user":{}}""";

        AuditParseStatus status = new AuditEventParser().Parse(Encoding.UTF8.GetBytes(json), "prod", Envelope, out _);

        Assert.Equal(AuditParseStatus.Parsed, status);
    }

    [Fact]
    public void Parse_BodyReplacedByAKS_HasNoBody()
    {
        string json =
            """{"auditID":"a","stage":"ResponseComplete","requestURI":"/x","verb":"patch","requestObject":"skipped-too-big-size-object"}""";

        new AuditEventParser().Parse(Encoding.UTF8.GetBytes(json), "prod", Envelope, out AuditEvent? audit);

        Assert.True(audit!.RequestObject.IsEmpty);
    }

    [Theory]
    [InlineData("2026-11-02T10:00:00Z", 0)]
    [InlineData("2026-11-02T10:00:00.5Z", 5_000_000)]
    [InlineData("2026-11-02T10:00:00.1234567Z", 1_234_567)]
    [InlineData("2026-11-02T10:00:00.995191417Z", 9_951_914)]
    [InlineData("2026-11-02T12:00:00.5+02:00", 5_000_000)]
    [InlineData("2026-11-02T10:00:00+00:00", 0)]
    [InlineData("2026-11-02T10:00:00.1234567+00:00", 1_234_567)]
    public void Parse_TimeOfAnyPrecision_IsRead(string text, int ticks)
    {
        string json = $$"""{"auditID":"a","verb":"get","requestURI":"/x","requestReceivedTimestamp":"{{text}}"}""";

        new AuditEventParser().Parse(Encoding.UTF8.GetBytes(json), "prod", Envelope, out AuditEvent? audit);

        Assert.Equal(new DateTimeOffset(2026, 11, 2, 10, 0, 0, TimeSpan.Zero).AddTicks(ticks), audit!.Time);
    }

    [Theory]
    [InlineData("requestObject", AuditParseStatus.Parsed)]
    [InlineData("unheardOf", AuditParseStatus.Salvaged)]
    public void Parse_DeepNesting_CostsOnlyItself(string field, AuditParseStatus expected)
    {
        string deep = string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000);
        string json = $$"""{"auditID":"a","verb":"create","requestURI":"/x","{{field}}":{{deep}}}""";

        AuditParseStatus status = new AuditEventParser().Parse(Encoding.UTF8.GetBytes(json), "prod", Envelope, out AuditEvent? audit);

        Assert.Equal(expected, status);
        Assert.Equal("create", audit!.Verb);
        using EventView view = new(audit);
        Assert.Equal(System.Text.Json.JsonValueKind.Undefined, view.Request.ValueKind);
    }

    [Fact]
    public void Parse_EscapedUri_IsReadWhenAskedFor()
    {
        string json = """{"auditID":"a\u0062","verb":"get","requestURI":"\/api?watch=true\u0026x=\ud83d\ude00\""}""";

        new AuditEventParser().Parse(Encoding.UTF8.GetBytes(json), "prod", Envelope, out AuditEvent? audit);

        Assert.Equal("/api?watch=true&x=\U0001F600\"", audit!.RequestUri);
        Assert.Equal("ab", audit.AuditId);
    }

    [Fact]
    public void Parse_EventsOfOneKind_ShareTheirParts()
    {
        AuditEventParser parser = new();
        List<AuditEvent> events = [];
        for (int i = 0; i < 4; i++)
        {
            string json = $$$"""
                {"auditID":"{{{i}}}","verb":"update","requestURI":"/x","user":{"username":"u"},
                "objectRef":{"resource":"leases","name":"n","apiVersion":"v1","resourceVersion":"{{{i}}}"},
                "responseStatus":{"code":20{{{i}}}}}
                """;
            parser.Parse(Encoding.UTF8.GetBytes(json), "prod", Envelope, out AuditEvent? audit);
            events.Add(audit!);
        }

        Assert.Same(events[2].User, events[3].User);
        Assert.Same(events[2].ObjectRef, events[3].ObjectRef);
        Assert.Equal([200, 201, 202, 203], events.Select(static e => e.ResponseCode));
    }
}
