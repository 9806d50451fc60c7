using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// What a stream of audit events has in it at all: reads, and bodies of which kinds. It says which rules are blind on it.
/// Merging two of them, or one twice, gives what both have.
/// </summary>
public sealed class CaptureFacts
{
    private static readonly string[] ReadVerbs = ["get", "list"];

    private readonly SortedSet<string> _written = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _withBody = new(StringComparer.Ordinal);

    /// <summary>True when there are requests with the verbs get or list, which kube-audit-admin leaves out.</summary>
    public bool HasReads { get; private set; }

    /// <summary>Kinds of object that were written.</summary>
    public IReadOnlyCollection<string> Written => _written;

    /// <summary>Kinds of object that were written, with the body logged.</summary>
    public IReadOnlyCollection<string> WithBody => _withBody;

    /// <summary>Makes facts of what was written down.</summary>
    public static CaptureFacts Of(bool hasReads, IEnumerable<string> written, IEnumerable<string> withBody)
    {
        CaptureFacts facts = new() { HasReads = hasReads };
        facts._written.UnionWith(written);
        facts._withBody.UnionWith(withBody);
        return facts;
    }

    /// <summary>Adds an event with an outcome.</summary>
    public void Add(AuditEvent audit)
    {
        HasReads |= IsRead(audit);
        if (BodyState.Of(audit) is { Length: > 0 } body && audit.ObjectRef is { Subresource: "", Resource.Length: > 0 } target)
        {
            _written.Add(target.Resource);
            if (body == BodyState.Present)
            {
                _withBody.Add(target.Resource);
            }
        }
    }

    public void Merge(CaptureFacts other)
    {
        HasReads |= other.HasReads;
        _written.UnionWith(other._written);
        _withBody.UnionWith(other._withBody);
    }

    /// <summary>Why a rule can't fire on a stream like this one, or only in part; empty when nothing stands in its way.</summary>
    public string Blindness(SigmaRule rule)
    {
        if (rule.IsOff)
        {
            return $"off until the list {string.Join(" and ", rule.Requires)} has entries";
        }

        if (!HasReads && rule.Verbs is { } verbs && verbs.Overlaps(ReadVerbs))
        {
            bool wholly = verbs.All(ReadVerbs.Contains);
            return $"{(wholly ? "blind" : "partly blind")}: no get or list in the capture (kube-audit-admin leaves them out)";
        }

        if (!rule.ReadsBody || rule.Resources is not { } resources)
        {
            return "";
        }

        string[] written = [.. resources.Where(_written.Contains).Order(StringComparer.Ordinal)];
        string[] without = [.. written.Where(resource => !_withBody.Contains(resource))];
        return without.Length == 0 ? ""
            : $"{(without.Length == written.Length ? "blind" : "partly blind")}: {string.Join(", ", without)} logged without bodies"
                + (rule.Degraded.Length > 0 ? $"; {rule.Degraded} stands in" : "");
    }

    internal static bool IsRead(AuditEvent audit) => ReadVerbs.Contains(audit.Verb);
}
