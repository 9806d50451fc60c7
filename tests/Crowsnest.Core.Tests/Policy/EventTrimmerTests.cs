using System.Text;
using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;

namespace Crowsnest.Core.Tests.Policy;

public sealed class EventTrimmerTests
{
    private const string Start = """{"level":"RequestResponse","auditID":"1","stage":"ResponseComplete","requestURI":"/api/v1/x","verb":"get" """;

    [Theory]
    [InlineData(AuditLevel.RequestResponse, true, true)]
    [InlineData(AuditLevel.Request, true, false)]
    [InlineData(AuditLevel.Metadata, false, false)]
    public void Bodies_beyond_the_level_go(AuditLevel level, bool request, bool response)
    {
        AuditEvent cut = Parse(Trim(""","requestObject":{"a":1},"responseObject":{"b":2},"annotations":{"k":"v"}}""", level, false));

        Assert.Equal(level, cut.Level);
        Assert.Equal((request, response), (!cut.RequestObject.IsEmpty, !cut.ResponseObject.IsEmpty));
        Assert.Equal("v", cut.Annotation("k"));
    }

    [Theory]
    [InlineData("""{"metadata":{"managedFields":[{"x":1}]}}""", """{"metadata":{}}""")]
    [InlineData("""{"metadata":{"name":"a","managedFields":[{}]},"spec":1}""", """{"metadata":{"name":"a"},"spec":1}""")]
    [InlineData("""{"metadata":{"managedFields" : [{}] , "name":"a"}}""", """{"metadata":{ "name":"a"}}""")]
    [InlineData("""{"metadata":{"a":1,"managedFields":[],"b":2}}""", """{"metadata":{"a":1,"b":2}}""")]
    [InlineData("""{"metadata":{"a":1,"managedFields":[],"managedFields":[]}}""", """{"metadata":{"a":1}}""")]
    [InlineData("""{"metadata":{"managedFields":[],"managedFields":[],"b":2}}""", """{"metadata":{"b":2}}""")]
    [InlineData("""{"items":[{"metadata":{"managedFields":[]}},{"metadata":{"a":1,"managedFields":[]}}]}""",
        """{"items":[{"metadata":{}},{"metadata":{"a":1}}]}""")]
    [InlineData("""{"spec":{"managedFields":[1]}}""", """{"spec":{"managedFields":[1]}}""")]
    [InlineData("""{"managedFields":[1]}""", """{"managedFields":[1]}""")]
    [InlineData("""{"spec":{"template":{"metadata":{"managedFields":[1]}}}}""", """{"spec":{"template":{"metadata":{"managedFields":[1]}}}}""")]
    public void Managed_fields_go_from_objects_and_items_alone(string body, string left)
    {
        AuditEvent cut = Parse(Trim($$""","requestObject":{{body}}}""", AuditLevel.RequestResponse, true));

        Assert.Equal(left, Encoding.UTF8.GetString(cut.RequestObject.Span));
        Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(cut.Json).RootElement.ValueKind);
    }

    [Theory]
    [InlineData("requestObject", "responseObject")]
    [InlineData("responseObject", "requestObject")]
    public void What_the_server_writes_is_cut_as_what_is_read_member_by_member(string first, string second)
    {
        string rest = $$$""","auditID":"1","stage":"ResponseComplete","requestURI":"/api/v1/x","verb":"create","{{{first}}}":{"a":1},"{{{second}}}":{"b":[2]},"annotations":{"k":"v"}}""";
        string head = "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"level\":\"RequestResponse\"";
        foreach (AuditLevel level in new[] { AuditLevel.Metadata, AuditLevel.Request })
        {
            AuditEvent cut = EventTrimmer.Trim(Parse(Encoding.UTF8.GetBytes(head + rest)), level, false);
            AuditEvent slow = EventTrimmer.Trim(Parse(Encoding.UTF8.GetBytes(head.Replace(",\"level", ", \"level", StringComparison.Ordinal) + rest)), level, false);

            Assert.Equal(Encoding.UTF8.GetString(slow.Json.Span), Encoding.UTF8.GetString(cut.Json.Span));
            Assert.Equal(Encoding.UTF8.GetString(slow.RequestObject.Span), Encoding.UTF8.GetString(cut.RequestObject.Span));
            Assert.True(cut.ResponseObject.IsEmpty);
            Assert.Equal(("1", "/api/v1/x", level), (cut.AuditId, cut.RequestUri, Parse(cut.Json).Level));
        }
    }

    [Fact]
    public void What_holds_no_more_than_the_level_stays_as_it_is()
    {
        AuditEvent audit = Parse(Encoding.UTF8.GetBytes("""{"level":"Metadata","auditID":"1","requestURI":"/a","verb":"get"}"""));

        Assert.Same(audit, EventTrimmer.Trim(audit, AuditLevel.RequestResponse, true));
    }

    [Fact]
    public void What_was_cut_stays_as_it_is()
    {
        AuditEvent audit = Parse(Encoding.UTF8.GetBytes(Start + ""","requestObject":{"a":"""));

        Assert.Same(audit, EventTrimmer.Trim(audit, AuditLevel.Metadata, true));
    }

    private static ReadOnlyMemory<byte> Trim(string rest, AuditLevel level, bool omit) =>
        EventTrimmer.Trim(Parse(Encoding.UTF8.GetBytes(Start + rest)), level, omit).Json;

    private static AuditEvent Parse(ReadOnlyMemory<byte> json)
    {
        new AuditEventParser().Parse(json, "c", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
        return audit!;
    }
}
