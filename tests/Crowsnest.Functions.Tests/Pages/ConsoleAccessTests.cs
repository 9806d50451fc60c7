using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Functions.Pages;
using Crowsnest.Functions.Pages.Access;
using Crowsnest.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.Functions.Tests.Pages;

/// <summary>Which role may ask for which page, row by row, and the ways round.</summary>
public sealed class ConsoleAccessTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncDisposable
{
    // The table of docs/console.md: a page that is missing here is a page that nobody has thought about.
    private static readonly (string Method, string Path, ConsoleRole Role)[] Table =
    [
        ("GET", "", ConsoleRole.Reader),
        ("GET", "incidents", ConsoleRole.Reader),
        ("GET", "incident", ConsoleRole.Reader),
        ("GET", "incident/evidence", ConsoleRole.Reader),
        ("GET", "incident/export", ConsoleRole.Reader),
        ("POST", "incident/case", ConsoleRole.Analyst),
        ("POST", "incident/suppress", ConsoleRole.Analyst),
        ("GET", "explore", ConsoleRole.Reader),
        ("GET", "explore/who", ConsoleRole.Reader),
        ("GET", "explore/what", ConsoleRole.Reader),
        ("GET", "explore/timeline", ConsoleRole.Reader),
        ("GET", "explore/where", ConsoleRole.Reader),
        ("GET", "explore/tools", ConsoleRole.Reader),
        ("GET", "explore/event", ConsoleRole.Reader),
        ("GET", "explore/sql", ConsoleRole.Analyst),
        ("GET", "rules", ConsoleRole.Reader),
        ("GET", "rule", ConsoleRole.Reader),
        ("GET", "models", ConsoleRole.Reader),
        ("POST", "models/use", ConsoleRole.Admin),
        ("GET", "feeds", ConsoleRole.Reader),
        ("GET", "suppressions", ConsoleRole.Reader),
        ("POST", "suppressions/remove", ConsoleRole.Analyst),
        ("GET", "settings", ConsoleRole.Admin),
    ];

    private readonly ConsoleHost _host = new(azurite.Connection, ConsoleHost.SignIn);

    public static TheoryData<string, string, string, bool> Rows { get; } = new(
        from row in Table
        from role in new[] { ConsoleRole.Reader, ConsoleRole.Analyst, ConsoleRole.Admin }
        select (row.Method, row.Path, role.ToString(), role >= row.Role));

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public void Pages_AllOfThem_AreInTheTable() => Assert.Equal(
        Table.Select(static row => (row.Path, row.Role, row.Method == "POST")).Order(),
        _host.Services.GetServices<IPageGroup>().SelectMany(static group => group.Pages)
            .Select(static page => (page.Path, page.Role, page.IsPosted)).Order());

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Page_AskedWithARole_IsGivenOrRefused(string method, string path, string role, bool isGiven)
    {
        (string, string)[] form = method == "POST" ? [(FormToken.Field, await _host.TokenAsync(Enum.Parse<ConsoleRole>(role)))] : [];

        ConsoleAnswer answer = await _host.AskAsync(method, path, [role.ToLowerInvariant()], form);

        // What is given may be a page that says that there is no such incident: it was asked for without one.
        Assert.Equal(isGiven, answer.Status != StatusCodes.Status403Forbidden);
        Assert.Equal(!isGiven, answer.Body.Contains("This is not open to you", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("GET", "Settings")]
    [InlineData("GET", "settings/")]
    [InlineData("GET", "/settings")]
    [InlineData("GET", "incidents/../settings")]
    [InlineData("GET", "settings%2f")]
    [InlineData("GET", "settings?x=incidents")]
    [InlineData("HEAD", "settings")]
    [InlineData("GET", "models/use")]
    [InlineData("POST", "settings")]
    public async Task Reader_OtherSpellingsOfWhatIsAdmins_GetsNeither(string method, string path)
    {
        ConsoleAnswer answer = await _host.AskAsync(method, path, ["reader"]);

        Assert.True(answer.Status is StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound, $"{answer.Status}");
        Assert.DoesNotContain("Crowsnest__", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reader_HeadersThatNameAnotherRoleOrMethod_AreNotHeard()
    {
        ConsoleAnswer answer = await _host.AskAsync("GET", "settings", request =>
        {
            request.Headers[ClientPrincipal.Header] = ConsoleHost.Principal("jane@example.org", "aad", "reader");
            request.Headers["X-MS-CLIENT-PRINCIPAL-ROLES"] = "admin";
            request.Headers["X-HTTP-Method-Override"] = "POST";
            request.Headers["X-Original-URL"] = "/api/console/incidents";
            request.Headers.Cookie = "crowsnest-console=" + ConsoleHost.LocalKey;
        });

        Assert.Equal(StatusCodes.Status403Forbidden, answer.Status);
    }

    [Theory]
    [InlineData("", "same-origin")]
    [InlineData("wrong", "same-origin")]
    [InlineData("of another", "same-origin")]
    [InlineData("of another role", "same-origin")]
    [InlineData("good", "cross-site")]
    [InlineData("good", "same-site")]
    [InlineData("good", "none")]
    public async Task Post_NotByAFormOfOurs_ChangesNothing(string token, string site)
    {
        Incident incident = await StoreAsync("forged-" + token + site);
        string good = token switch
        {
            "good" => await _host.TokenAsync(),
            "of another" => await _host.TokenAsync(name: "john@example.org"),
            "of another role" => await _host.TokenAsync(ConsoleRole.Reader),
            _ => token,
        };

        ConsoleAnswer answer = await _host.AskAsync("POST", PathOf(incident, "incident/case"), request =>
        {
            request.Headers[ClientPrincipal.Header] = ConsoleHost.Principal("jane@example.org", "aad", "analyst");
            ConsoleHost.Post(request, (FormToken.Field, good), ("note", "forged"));
            request.Headers["Sec-Fetch-Site"] = site;
        });

        Assert.Equal(StatusCodes.Status403Forbidden, answer.Status);
        Assert.Empty((await RecordAsync(incident)).Entries);
    }

    // What the test above refuses is not refused for another reason.
    [Fact]
    public async Task Post_ByAFormOfOurs_IsRecordedUnderTheNameOfWhoSignedIn()
    {
        Incident incident = await StoreAsync("taken");

        ConsoleAnswer answer = await _host.AskAsync(
            "POST",
            PathOf(incident, "incident/case"),
            ["analyst"],
            (FormToken.Field, await _host.TokenAsync()),
            ("note", "seen"),
            ("author", "somebody else"));

        Assert.Equal(StatusCodes.Status302Found, answer.Status);
        CaseEntry entry = Assert.Single((await RecordAsync(incident)).Entries);
        Assert.Equal(("jane@example.org", "seen"), (entry.Author, entry.Note));
    }

    [Theory]
    [InlineData("cluster=other")]
    [InlineData("cluster=prod%27%20or%20PartitionKey%20ne%20%27")]
    [InlineData("day=2026-11-03")]
    [InlineData("day=0001-01-01")]
    [InlineData("id=%2e%2e%2f")]
    [InlineData("id=")]
    public async Task Incident_IdsThatDoNotBelongTogether_IsNotFound(string changed)
    {
        Incident incident = await StoreAsync("ids");
        string name = changed[..changed.IndexOf('=', StringComparison.Ordinal)];
        string path = PathOf(incident, "incident");
        string query = string.Join('&', path[(path.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&')
            .Where(pair => !pair.StartsWith(name + "=", StringComparison.Ordinal)).Append(changed));

        ConsoleAnswer answer = await _host.AskAsync("GET", "incident?" + query, ["reader"]);

        Assert.Equal(StatusCodes.Status404NotFound, answer.Status);
    }

    [Fact]
    public async Task Answers_EachOfThem_KeepOthersOut()
    {
        ConsoleAnswer answer = await _host.AskAsync("GET", "incidents", ["reader"]);

        Assert.Equal(StatusCodes.Status200OK, answer.Status);
        string policy = answer.Response.Headers.ContentSecurityPolicy.ToString();
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("no-store", answer.Response.Headers.CacheControl);
        Assert.Equal("nosniff", answer.Response.Headers.XContentTypeOptions);
        Assert.DoesNotContain(" style=", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("//", answer.Body.Replace("https://attack.mitre.org", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    private async Task<Incident> StoreAsync(string id)
    {
        Incident incident = Assert.Single(IncidentBuilder.Group([Some.Detection(id, severity: Severity.High, principal: id + "@example.org")]));
        await _host.Services.GetRequiredService<IncidentTable>().WriteAsync([incident], TestContext.Current.CancellationToken);
        return incident;
    }

    private static string PathOf(Incident incident, string page) =>
        Links.Incident(incident.Cluster, incident.Day, incident.Id, page)[(Links.Base.Length + 1)..];

    private Task<CaseRecord> RecordAsync(Incident incident) =>
        _host.Services.GetRequiredService<CaseTable>().ReadAsync(incident, TestContext.Current.CancellationToken);
}
