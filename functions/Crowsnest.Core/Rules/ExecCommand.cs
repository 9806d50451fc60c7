using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>The command line of an exec request. It stands in the query, one <c>command</c> parameter per word.</summary>
internal static class ExecCommand
{
    internal static string Of(AuditEvent audit)
    {
        if (audit.ObjectRef.Subresource is not ("exec" or "attach"))
        {
            return "";
        }

        int query = audit.RequestUri.IndexOf('?', StringComparison.Ordinal);
        if (query < 0)
        {
            return "";
        }

        List<string> words = [];
        foreach (string parameter in audit.RequestUri[(query + 1)..].Split('&'))
        {
            if (parameter.StartsWith("command=", StringComparison.Ordinal))
            {
                words.Add(Uri.UnescapeDataString(parameter["command=".Length..].Replace('+', ' ')));
            }
        }

        return string.Join(' ', words);
    }
}
