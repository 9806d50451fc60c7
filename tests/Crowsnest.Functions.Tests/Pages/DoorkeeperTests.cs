using Crowsnest.Functions.Pages.Access;
using Microsoft.AspNetCore.Http;

namespace Crowsnest.Functions.Tests.Pages;

/// <summary>Who is let in, and what the others are told. No storage is needed for that: nothing is read before.</summary>
public sealed class DoorkeeperTests
{
    private static readonly KeyValuePair<string, string?>[] InAzure = [new("WEBSITE_INSTANCE_ID", "1")];

    [Fact]
    public async Task Azure_WithoutAuthentication_IsClosedAndSaysWhatToDo()
    {
        await using ConsoleHost host = new("", InAzure);

        ConsoleAnswer answer = await host.AskAsync("GET", "incidents");

        Assert.Equal(StatusCodes.Status403Forbidden, answer.Status);
        Assert.Contains("consoleClientId", answer.Body, StringComparison.Ordinal);
    }

    // Where the platform does not authenticate, it takes no header off: anybody can write one.
    [Fact]
    public async Task Azure_WithoutAuthentication_ForgedPrincipalIsNobody()
    {
        await using ConsoleHost host = new("", InAzure);

        ConsoleAnswer answer = await host.AskAsync(
            "GET", "", request => request.Headers[ClientPrincipal.Header] = ConsoleHost.Principal("eve", "aad", "admin"));

        Assert.Equal(StatusCodes.Status403Forbidden, answer.Status);
    }

    [Fact]
    public async Task Azure_LocalKey_OpensNothing()
    {
        await using ConsoleHost host = new("", [.. InAzure, .. ConsoleHost.Local]);

        ConsoleAnswer answer = await host.AskAsync("GET", $"?key={ConsoleHost.LocalKey}");

        Assert.Equal(StatusCodes.Status403Forbidden, answer.Status);
    }

    [Fact]
    public async Task SignIn_NobodySignedIn_IsSentThereAndBack()
    {
        await using ConsoleHost host = new("", ConsoleHost.SignIn);

        ConsoleAnswer get = await host.AskAsync("GET", "incident?cluster=a&id=b");
        ConsoleAnswer post = await host.AskAsync("POST", "incident/case");

        Assert.Equal(StatusCodes.Status302Found, get.Status);
        Assert.Equal(
            "/.auth/login/aad?post_login_redirect_uri=%2Fapi%2Fconsole%2Fincident%3Fcluster%3Da%26id%3Db",
            get.Response.Headers.Location.ToString());
        Assert.Equal(StatusCodes.Status401Unauthorized, post.Status);
    }

    public static TheoryData<string> NoPrincipals { get; } = new(
        "no base64!",
        Convert.ToBase64String("no JSON"u8),
        Convert.ToBase64String("null"u8),
        Convert.ToBase64String("{\"auth_typ\":\"aad\",\"claims\":null}"u8),
        ConsoleHost.Principal("eve", "facebook", "admin"),
        ConsoleHost.Principal("eve", "", "admin"));

    [Theory]
    [MemberData(nameof(NoPrincipals))]
    public async Task SignIn_HeaderThatIsNoPrincipalOfEntra_IsNobody(string header)
    {
        await using ConsoleHost host = new("", ConsoleHost.SignIn);

        ConsoleAnswer answer = await host.AskAsync("POST", "", request => request.Headers[ClientPrincipal.Header] = header);

        Assert.Equal(StatusCodes.Status401Unauthorized, answer.Status);
    }

    [Theory]
    [InlineData]
    [InlineData("owner")]
    [InlineData("3")]
    [InlineData("None")]
    [InlineData("admin ")]
    [InlineData("Reader,Admin")]
    public async Task SignIn_NoneOfOurRoles_IsTold(params string[] roles)
    {
        await using ConsoleHost host = new("", ConsoleHost.SignIn);

        ConsoleAnswer answer = await host.AskAsync("GET", "", roles);

        Assert.Equal(StatusCodes.Status403Forbidden, answer.Status);
        Assert.Contains("jane@example.org", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ConsoleRole.Reader, "reader")]
    [InlineData(ConsoleRole.Analyst, "Analyst", "reader")]
    [InlineData(ConsoleRole.Admin, "reader", "ADMIN", "owner")]
    public void Principal_SeveralRoles_TheHighestCounts(ConsoleRole expected, params string[] roles)
    {
        Visitor visitor = ClientPrincipal.Read(ConsoleHost.Principal("jane@example.org", "aad", roles))!.ToVisitor();

        Assert.Equal(new Visitor("jane@example.org", expected), visitor);
    }

    [Fact]
    public async Task Local_KeyInTheLink_BecomesACookieAndLeavesTheAddress()
    {
        await using ConsoleHost host = new("", ConsoleHost.Local);

        ConsoleAnswer answer = await host.AskAsync("GET", $"incidents?state=any&key={ConsoleHost.LocalKey}");

        Assert.Equal(StatusCodes.Status302Found, answer.Status);
        Assert.Equal("/api/console/incidents?state=any", answer.Response.Headers.Location.ToString());
        string cookie = answer.Response.Headers.SetCookie.ToString();
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=lax", cookie, StringComparison.Ordinal);
        Assert.Contains("path=/api/console", cookie, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "crowsnest-console=0123")]
    [InlineData("?key=0123456789abcdef0123456789abcdee", "")]
    [InlineData("?key=", "crowsnest-console=")]
    public async Task Local_WithoutTheKey_IsClosed(string query, string cookie)
    {
        await using ConsoleHost host = new("", ConsoleHost.Local);

        ConsoleAnswer answer = await host.AskAsync("GET", query, request =>
        {
            request.Headers.Cookie = cookie;
            request.Headers[ClientPrincipal.Header] = ConsoleHost.Principal("eve", "aad", "admin");
        });

        Assert.Equal(StatusCodes.Status403Forbidden, answer.Status);
    }

    [Fact]
    public async Task Anywhere_NothingConfigured_IsClosed()
    {
        await using ConsoleHost host = new("");

        ConsoleAnswer answer = await host.AskAsync("GET", "", ["admin"]);

        Assert.Equal(StatusCodes.Status403Forbidden, answer.Status);
    }
}
