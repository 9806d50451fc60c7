using System.Security.Cryptography;
using System.Text;
using Crowsnest.Azure;
using Microsoft.Extensions.Options;

namespace Crowsnest.Functions.Pages.Access;

/// <summary>
/// Tells who asks for a page. In Azure that is whoever signed in with Entra through App Service authentication, with the highest of
/// their app roles. On one machine it is whoever has the link with the key, which becomes a cookie. Else nobody is let in.
/// </summary>
internal sealed class Doorkeeper(IConfiguration configuration, IOptions<ConsoleOptions> options)
{
    internal const string KeyParameter = "key";
    internal const string Cookie = "crowsnest-console";

    private const string SignIn = "/.auth/login/aad?post_login_redirect_uri=";

    private const string NotSetUp =
        "The console is closed: nobody can sign in yet, because App Service authentication is not set up for this function app. "
        + "docs/deploy.md says how: register an application in Entra with the app roles reader, analyst and admin, "
        + "and deploy with its id (consoleClientId).";

    private const string NotLocal =
        "Open the console with the link that the local host prints: it has the key in it. "
        + "It is in the file console.url of the data folder too.";

    private bool SignsIn => ConsoleOptions.SignsIn(configuration);

    /// <summary>Looks who asks.</summary>
    internal Admission Admit(HttpRequest request) => ConsoleOptions.IsInAzure(configuration) || SignsIn ? AdmitSignedIn(request)
        : options.Value.LocalKey.Length > 0 ? AdmitLocal(request, options.Value.LocalKey)
        : Refuse(NotSetUp);

    private Admission AdmitSignedIn(HttpRequest request)
    {
        // Without authentication the platform does not take the header off requests: anybody could write one.
        if (!SignsIn)
        {
            return Refuse(NotSetUp);
        }

        if (request.Headers[ClientPrincipal.Header] is not [{ Length: > 0 } header]
            || ClientPrincipal.Read(header) is not { } principal)
        {
            return Admission.Refused(HttpMethods.IsGet(request.Method)
                ? Results.Redirect(SignIn + Uri.EscapeDataString(request.Path + request.QueryString))
                : Results.Text("Sign in first.", statusCode: StatusCodes.Status401Unauthorized));
        }

        Visitor visitor = principal.ToVisitor();
        return visitor.Role != ConsoleRole.None ? Admission.Of(visitor) : Refuse(
            $"{visitor.Name} is signed in and has no role here. "
            + "Whoever owns the application in Entra assigns one: reader, analyst or admin.");
    }

    private static Admission AdmitLocal(HttpRequest request, string key)
    {
        if (request.Query[KeyParameter] is [{ Length: > 0 } given])
        {
            if (!IsSame(given, key))
            {
                return Refuse(NotLocal);
            }

            // The key leaves the address, so that no history and no neighbour's look keeps it.
            request.HttpContext.Response.Cookies.Append(Cookie, key, new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Lax,
                Path = Links.Base,
                IsEssential = true,
            });
            QueryString rest = QueryString.Create(request.Query.Where(static pair => pair.Key != KeyParameter));
            return Admission.Refused(Results.Redirect(request.Path + rest));
        }

        return request.Cookies[Cookie] is { } cookie && IsSame(cookie, key)
            ? Admission.Of(new Visitor(Environment.UserName, ConsoleRole.Admin)) : Refuse(NotLocal);
    }

    private static Admission Refuse(string why) => Admission.Refused(Results.Text(why, statusCode: StatusCodes.Status403Forbidden));

    private static bool IsSame(string given, string key) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key));
}
