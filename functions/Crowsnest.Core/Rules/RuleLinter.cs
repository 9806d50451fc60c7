using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>Knows what values the audit schema allows, and says where a rule asks for what can't come or misses what does.</summary>
internal sealed class RuleLinter(string file)
{
    // Verbs of resource requests (proxy is of old paths), and the HTTP methods that stand for them on other URLs.
    private static readonly FrozenSet<string> Verbs = FrozenSet.ToFrozenSet(
    [
        "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "post", "put", "head",
        "options", "connect", "proxy",
    ]);

    private static readonly FrozenSet<string> Stages = FrozenSet.ToFrozenSet(
        ["requestreceived", "responsestarted", "responsecomplete", "panic"]);

    private static readonly FrozenSet<string> Levels = FrozenSet.ToFrozenSet(
        ["none", "metadata", "request", "requestresponse"]);

    private static readonly FrozenSet<string> Classes =
        Enum.GetNames<Audit.PrincipalClass>().Select(static name => name.ToLowerInvariant()).ToFrozenSet();

    private readonly List<RuleNote> _notes = [];

    internal IReadOnlyList<RuleNote> Notes => _notes;

    internal void Warn(long line, string message) => _notes.Add(new(file, line, IsWarning: true, message));

    /// <summary>Looks at one test of a field.</summary>
    internal void Check(string field, IReadOnlyList<string> values, IReadOnlyCollection<string> modifiers, long line)
    {
        if (field == "level")
        {
            Advise(line, "the level is set by the cluster's audit policy; ask for crowsnest.body instead of 'level'");
        }

        if (modifiers.Count > 0)
        {
            return;
        }

        FrozenSet<string>? known = field switch
        {
            "verb" => Verbs,
            "stage" => Stages,
            "level" => Levels,
            "crowsnest.principalClass" or "crowsnest.impersonatedClass" => Classes,
            _ => null,
        };
        foreach (string value in values.Where(
            value => known is not null && !Glob.HasWildcard(value) && !known.Contains(value.ToLowerInvariant())))
        {
            Advise(line, $"'{value}' is not a {field} of audit events; there are {string.Join(", ", known!.Order())}");
        }

        if (field == "verb" && values.Contains("delete") && !values.Contains("deletecollection"))
        {
            Advise(line, "'deletecollection' deletes too");
        }
    }

    /// <summary>Looks at the whole rule.</summary>
    internal void Check(Matcher matcher)
    {
        if (matcher.Required("objectRef.subresource") is { } subresources
            && subresources.Overlaps(["exec", "attach", "portforward"])
            && matcher.Required("verb") is { } verbs && verbs.Contains("create") && !verbs.Contains("get"))
        {
            Advise(1, "exec, attach and port-forward over WebSocket are audited as 'get', not 'create'");
        }
    }

    internal void Advise(long line, string message) => _notes.Add(new(file, line, IsWarning: false, message));
}
