using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Features;

namespace Crowsnest.Core.Ledger;

/// <summary>
/// Counts who did what to what, from where, with what and why it was allowed: what most questions are about, in a small part of the
/// events' size. Not thread-safe.
/// </summary>
public sealed class LedgerBuilder
{
    // As the model has it: names matter where objects hold power; elsewhere they are as many as there are pods.
    private const float NamedFrom = 0.2f;

    private const int LargestCache = 20_000;

    private readonly Dictionary<LedgerKey, LedgerEntry> _entries = [];
    private readonly Dictionary<string, string> _networks = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _families = new(StringComparer.Ordinal);

    /// <summary>The lines, in the order of their keys.</summary>
    public IReadOnlyList<LedgerEntry> Entries =>
    [
        .. _entries.Values.OrderBy(static e => e.Key.Principal, StringComparer.Ordinal)
            .ThenBy(static e => e.Key.Resource, StringComparer.Ordinal).ThenBy(static e => e.Key.Verb, StringComparer.Ordinal)
            .ThenBy(static e => e.Key.Namespace, StringComparer.Ordinal).ThenBy(static e => e.Key.Name, StringComparer.Ordinal)
            .ThenBy(static e => e.First).ThenBy(static e => e.AuditId, StringComparer.Ordinal)
            .ThenBy(static e => e.Example.Blob, StringComparer.Ordinal).ThenBy(static e => e.Example.Line),
    ];

    /// <summary>Counts a request.</summary>
    /// <param name="audit">The first of its events that has an outcome; requests come in order of time.</param>
    /// <param name="time">Its time.</param>
    /// <param name="place">Where its record lies.</param>
    public void Add(AuditEvent audit, DateTimeOffset time, Evidence place)
    {
        ObjectRef target = audit.ObjectRef;
        LedgerKey key = new(
            audit.Principal,
            audit.User.Username,
            audit.Verb,
            target.ApiGroup,
            target.Resource,
            target.Subresource,
            target.Namespace,
            target.Resource.Length == 0 ? TraitText.Path(audit.RequestUri)
                : Sensitivity.Of(audit) >= NamedFrom ? target.Name : "",
            audit.ClientAddress,
            Cached(_networks, audit.ClientAddress, NetworkPrefix.Of),
            Cached(_families, audit.UserAgent, TraitText.ClientFamily),
            TraitText.Outcome(audit.ResponseCode),
            audit.Annotation("authorization.k8s.io/decision"),
            audit.Annotation("authorization.k8s.io/reason"));
        if (!_entries.TryGetValue(key, out LedgerEntry? entry))
        {
            _entries.Add(key, entry = new LedgerEntry(key, place, audit.AuditId, time));
        }

        entry.Count++;
        entry.Last = time;
    }

    private static string Cached(Dictionary<string, string> cache, string text, Func<string, string> of)
    {
        if (!cache.TryGetValue(text, out string? found))
        {
            if (cache.Count >= LargestCache)
            {
                cache.Clear();
            }

            cache.Add(text, found = of(text));
        }

        return found;
    }
}
