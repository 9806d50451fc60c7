using System.Text.Json;
using System.Text.RegularExpressions;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Alerting;

/// <summary>Incidents for other systems, in the shapes that their standards ask for.</summary>
public sealed partial class ExportTests
{
    private static readonly Incident Incident = SampleIncident.Incident;

    // The attributes that OCSF 1.3.0 requires of a Detection Finding, with the types it gives them.
    [Fact]
    public void Ocsf_Incident_HasWhatADetectionFindingRequires()
    {
        JsonElement finding = JsonDocument.Parse(OcsfRenderer.Render(Incident, CaseState.New)).RootElement;

        Assert.Equal(
            (1, 2, 2004, 200401),
            (Int("activity_id"), Int("category_uid"), Int("class_uid"), Int("type_uid")));
        Assert.Equal(5, Int("severity_id"));
        Assert.Equal(1, Int("status_id"));
        Assert.Equal(Incident.To.ToUnixTimeMilliseconds(), finding.GetProperty("time").GetInt64());
        Assert.Equal("1.3.0", finding.GetProperty("metadata").GetProperty("version").GetString());
        Assert.Equal("Crowsnest", finding.GetProperty("metadata").GetProperty("product").GetProperty("name").GetString());
        Assert.Equal(Incident.Id, finding.GetProperty("finding_info").GetProperty("uid").GetString());
        Assert.Equal(Incident.Title, finding.GetProperty("finding_info").GetProperty("title").GetString());
        Assert.Equal(Incident.Detections.Count, finding.GetProperty("evidences").GetArrayLength());
        Assert.Contains(
            ("credential-access", "T1552.007"),
            finding.GetProperty("finding_info").GetProperty("attacks").EnumerateArray().Select(static attack => (
                attack.GetProperty("tactic").GetProperty("name").GetString(),
                attack.GetProperty("technique").GetProperty("uid").GetString())));

        int Int(string name) => finding.GetProperty(name).GetInt32();
    }

    [Theory]
    [InlineData(CaseState.InProgress, 200401, 2, 0)]
    [InlineData(CaseState.Attack, 200403, 4, 2)]
    [InlineData(CaseState.Expected, 200403, 4, 1)]
    [InlineData(CaseState.Duplicate, 200403, 4, 0)]
    public void Ocsf_State_SaysWhereTheWorkStands(CaseState state, int type, int status, int verdict)
    {
        JsonElement finding = JsonDocument.Parse(OcsfRenderer.Render(Incident, state)).RootElement;

        Assert.Equal((type, status), (finding.GetProperty("type_uid").GetInt32(), finding.GetProperty("status_id").GetInt32()));
        Assert.Equal(verdict, finding.TryGetProperty("verdict_id", out JsonElement said) ? said.GetInt32() : 0);
    }

    [Fact]
    public void Stix_Incident_IsABundleWhoseReferencesAreAllInIt()
    {
        JsonElement bundle = JsonDocument.Parse(StixRenderer.Render(Incident)).RootElement;

        Assert.Equal("bundle", bundle.GetProperty("type").GetString());
        List<JsonElement> objects = [.. bundle.GetProperty("objects").EnumerateArray()];
        List<string> ids = [.. objects.Select(static one => one.GetProperty("id").GetString()!)];
        Assert.Equal(ids.Count, ids.Distinct().Count());
        Assert.All(objects, one =>
        {
            string type = one.GetProperty("type").GetString()!;
            Assert.Matches(Identifier(), one.GetProperty("id").GetString()!);
            Assert.StartsWith(type + "--", one.GetProperty("id").GetString(), StringComparison.Ordinal);
            Assert.Equal("2.1", one.GetProperty("spec_version").GetString());
            if (type is not ("user-account" or "ipv4-addr" or "ipv6-addr"))
            {
                Assert.Matches(Timestamp(), one.GetProperty("created").GetString()!);
                Assert.Matches(Timestamp(), one.GetProperty("modified").GetString()!);
            }

            foreach (JsonProperty property in one.EnumerateObject().Where(static p => p.Name.EndsWith("_ref", StringComparison.Ordinal)))
            {
                Assert.Contains(property.Value.GetString()!, ids);
            }

            foreach (JsonProperty property in one.EnumerateObject().Where(static p => p.Name.EndsWith("_refs", StringComparison.Ordinal)))
            {
                Assert.All(property.Value.EnumerateArray(), reference => Assert.Contains(reference.GetString()!, ids));
            }
        });
        Assert.Equal(
            ["attack-pattern", "identity", "incident", "ipv4-addr", "observed-data", "relationship", "user-account"],
            objects.Select(static one => one.GetProperty("type").GetString()!).Distinct().Order(StringComparer.Ordinal));
    }

    // The standard's own example: the id of an address follows from the address alone, whoever writes it.
    [Fact]
    public void Stix_Address_HasTheIdThatTheStandardGivesIt()
    {
        Incident incident = IncidentBuilder.Group([Some.Detection("one", sourceIp: "198.51.100.3")])[0];

        Assert.Contains("ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4", StixRenderer.Render(incident), StringComparison.Ordinal);
    }

    [Fact]
    public void Stix_WrittenTwice_IsTheSame() => Assert.Equal(StixRenderer.Render(Incident), StixRenderer.Render(Incident));

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("-x", "'-x")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("say \"x\"", "\"say \"\"x\"\"\"")]
    [InlineData("plain", "plain")]
    public void CsvCell_Text_IsNoFormula(string text, string expected) => Assert.Equal(expected, SafeText.CsvCell(text));

    [GeneratedRegex("^[a-z0-9-]+--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")]
    private static partial Regex Identifier();

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
    private static partial Regex Timestamp();
}
