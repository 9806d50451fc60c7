using System.Security.Cryptography;
using System.Text;

namespace Crowsnest.Core.Intake;

/// <summary>Gives a cluster a short name that is safe in paths and table keys and unique across subscriptions.</summary>
public static class ClusterName
{
    /// <summary>
    /// The resource's own name and six hex digits of the SHA-256 of its whole id, both in lower case (AKS writes the id
    /// in upper case, other sources do not).
    /// </summary>
    public static string FromResourceId(string resourceId)
    {
        string id = resourceId.ToLowerInvariant().TrimEnd('/');
        string name = Sanitize(id[(id.LastIndexOf('/') + 1)..]);
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(id));
        return $"{name}-{Convert.ToHexStringLower(hash.AsSpan(0, 3))}";
    }

    /// <summary>Keeps ASCII letters, digits, dots and dashes; anything else becomes a dash. At most 63 characters.</summary>
    public static string Sanitize(string name)
    {
        string kept = string.Concat(name.Take(63).Select(
            static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? char.ToLowerInvariant(c) : '-'));
        return kept.Length == 0 ? "default" : kept;
    }
}
