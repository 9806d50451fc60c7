using System.Globalization;
using System.Net;

namespace Crowsnest.Azure.Investigation;

/// <summary>Whose acts are asked for: all that is named must agree.</summary>
/// <param name="User">A user, service account or impersonated user; null for any.</param>
/// <param name="Source">A client address or network; null for any.</param>
/// <param name="Token">The id of a token, with or without <c>JTI=</c>; null for any.</param>
/// <param name="Pod">The pod that a token is bound to, with or without its namespace; null for any.</param>
public sealed record ActorFilter(string? User = null, string? Source = null, string? Token = null, string? Pod = null)
{
    internal string Text => string.Join(", ", new[] { User, Source, Token, Pod }.Where(static part => part is { Length: > 0 }));

    /// <summary>The condition of SQL on events.</summary>
    /// <param name="parameters">Gets what the condition needs.</param>
    /// <param name="addresses">All client addresses that there are, for a network.</param>
    /// <exception cref="InvestigationException">Nothing is named, or no address.</exception>
    internal string Condition(Dictionary<string, object> parameters, Func<IEnumerable<string>> addresses)
    {
        List<string> parts = [];
        if (User is { Length: > 0 } user)
        {
            parameters["user"] = user;
            parts.Add("(principal = $user OR \"user\" = $user OR impersonated_user = $user)");
        }

        if (Token is { Length: > 0 } token)
        {
            parameters["token"] = token.StartsWith("JTI=", StringComparison.Ordinal) ? token : "JTI=" + token;
            parameters["plain_token"] = token;
            parts.Add("(credential_id = $token OR credential_id = $plain_token)");
        }

        if (Pod is { Length: > 0 } pod)
        {
            string[] names = pod.Split('/');
            parameters["pod"] = names[^1];
            parts.Add("pod = $pod");
            if (names.Length > 1)
            {
                parameters["pod_namespace"] = $"system:serviceaccount:{names[0]}:";
                parts.Add("starts_with(\"user\", $pod_namespace)");
            }
        }

        if (Source is { Length: > 0 } source)
        {
            parts.Add(OfSource(source, parameters, addresses));
        }

        return parts.Count > 0 ? string.Join(" AND ", parts)
            : throw new InvestigationException("say whose acts: --user, --source, --token or --pod");
    }

    private static string OfSource(string source, Dictionary<string, object> parameters, Func<IEnumerable<string>> addresses)
    {
        if (IPAddress.TryParse(source, out IPAddress? address))
        {
            parameters["source"] = address.ToString();
            return "client_ip = $source";
        }

        if (!IPNetwork.TryParse(source, out IPNetwork network))
        {
            throw new InvestigationException($"'{source}' is neither an address nor a network such as 10.0.0.0/8");
        }

        string[] inside = [.. addresses().Where(one => IPAddress.TryParse(one, out IPAddress? parsed) && network.Contains(parsed))];
        for (int i = 0; i < inside.Length; i++)
        {
            parameters[Name(i)] = inside[i];
        }

        return inside.Length == 0 ? "false"
            : $"client_ip IN ({string.Join(", ", Enumerable.Range(0, inside.Length).Select(static i => '$' + Name(i)))})";
    }

    private static string Name(int i) => string.Create(CultureInfo.InvariantCulture, $"source{i}_");
}
