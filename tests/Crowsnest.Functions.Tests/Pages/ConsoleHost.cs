using System.Text;
using System.Text.Json;
using Crowsnest.Azure;
using Crowsnest.Azure.Storage;
using Crowsnest.Functions.Pages;
using Crowsnest.Functions.Pages.Access;
using Crowsnest.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.Functions.Tests.Pages;

/// <summary>The console's function as the app runs it, on a storage, asked as the platform hands requests on.</summary>
internal sealed class ConsoleHost : IAsyncDisposable
{
    internal const string LocalKey = "0123456789abcdef0123456789abcdef";

    private readonly ConsoleFunction _function;

    /// <param name="storage">A connection string; empty for pages that read none.</param>
    /// <param name="settings">More settings.</param>
    internal ConsoleHost(string storage, params KeyValuePair<string, string?>[] settings)
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new(StorageClients.HostConnection, storage.Length > 0 ? storage : "UseDevelopmentStorage=true"),
            new("Crowsnest:RulesFolder", RepositoryFiles.Rules),
            .. settings,
        ]).Build();
        Services = new ServiceCollection().AddSingleton(configuration).AddLogging().AddCrowsnest(configuration).AddConsole()
            .BuildServiceProvider();
        _function = new ConsoleFunction(Services);
    }

    internal ServiceProvider Services { get; }

    /// <summary>Settings of an app in Azure where people sign in.</summary>
    internal static KeyValuePair<string, string?>[] SignIn { get; } =
        [new("WEBSITE_INSTANCE_ID", "1"), new("WEBSITE_AUTH_ENABLED", "True")];

    internal static KeyValuePair<string, string?>[] Local { get; } = [new("Crowsnest:Console:LocalKey", LocalKey)];

    public ValueTask DisposeAsync() => Services.DisposeAsync();

    /// <summary>The header that App Service writes for whoever has signed in.</summary>
    internal static string Principal(string name, string provider, params string[] roles) => Convert.ToBase64String(
        Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
        {
            auth_typ = provider,
            name_typ = "name",
            role_typ = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
            claims = roles.Select(static role => new { typ = "roles", val = role })
                .Append(new { typ = "preferred_username", val = name }),
        })));

    /// <summary>Asks.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Path and query behind the console's own.</param>
    /// <param name="change">Adds headers, cookies or a body.</param>
    internal async Task<ConsoleAnswer> AskAsync(string method, string path, Action<HttpRequest>? change = null)
    {
        DefaultHttpContext context = new() { RequestServices = Services };
        using MemoryStream body = new();
        context.Response.Body = body;
        string[] parts = path.Split('?', 2);
        context.Request.Method = method;
        context.Request.Path = "/api/console" + (parts[0].Length > 0 ? "/" + parts[0] : "");
        context.Request.QueryString = new QueryString(parts.Length > 1 ? "?" + parts[1] : "");
        context.Request.RouteValues["path"] = parts[0].Length > 0 ? parts[0] : null;
        change?.Invoke(context.Request);
        IResult result = await _function.RunAsync(context.Request, TestContext.Current.CancellationToken);
        await result.ExecuteAsync(context);
        return new ConsoleAnswer(context.Response, Encoding.UTF8.GetString(body.ToArray()));
    }

    /// <summary>Asks as somebody who has signed in with roles.</summary>
    internal Task<ConsoleAnswer> AskAsync(string method, string path, string[] roles, params (string Name, string Value)[] form) =>
        AskAsync(method, path, request =>
        {
            request.Headers[ClientPrincipal.Header] = Principal("jane@example.org", "aad", roles);
            if (form.Length > 0)
            {
                Post(request, form);
            }
        });

    /// <summary>Puts a form into a request.</summary>
    internal static void Post(HttpRequest request, params (string Name, string Value)[] form)
    {
        byte[] body = Encoding.UTF8.GetBytes(string.Join('&', form.Select(static field =>
            $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}")));
        request.ContentType = "application/x-www-form-urlencoded";
        request.ContentLength = body.Length;
        request.Body = new MemoryStream(body);
        request.Headers["Sec-Fetch-Site"] = "same-origin";
    }

    /// <summary>What the forms of a signed-in analyst bring back.</summary>
    internal Task<string> TokenAsync(ConsoleRole role = ConsoleRole.Analyst, string name = "jane@example.org") =>
        Services.GetRequiredService<FormToken>().CreateAsync(new Visitor(name, role), TestContext.Current.CancellationToken);
}
