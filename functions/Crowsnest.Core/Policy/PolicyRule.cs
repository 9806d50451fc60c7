using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>A rule of an audit policy. What it does not name, it takes any of.</summary>
/// <param name="Number">Its place in the policy, from 1.</param>
/// <param name="Line">Its line in the file, from 1.</param>
/// <param name="Level">How much is logged of what it matches.</param>
public sealed record PolicyRule(int Number, long Line, AuditLevel Level)
{
    public IReadOnlyList<string> Users { get; init; } = [];

    public IReadOnlyList<string> UserGroups { get; init; } = [];

    public IReadOnlyList<string> Verbs { get; init; } = [];

    public IReadOnlyList<PolicyResources> Resources { get; init; } = [];

    /// <summary>Namespaces; the empty name is for objects that are in none.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>Paths that are no objects; a star at the end stands for any rest.</summary>
    public IReadOnlyList<string> NonResourceUrls { get; init; } = [];

    /// <summary>Stages at which nothing is logged, those of the whole policy among them.</summary>
    public IReadOnlyList<AuditStage> OmitStages { get; init; } = [];

    /// <summary>Whether bodies lose their managedFields; null when the policy's own answer holds.</summary>
    public bool? OmitManagedFields { get; init; }

    /// <summary>True when it says nothing of what is asked for, so that it takes objects and other paths alike.</summary>
    public bool IsOfAll => Resources.Count == 0 && Namespaces.Count == 0 && NonResourceUrls.Count == 0;

    /// <summary>True when the rule is about the request.</summary>
    public bool Match(PolicyRequest request)
    {
        if ((Users.Count > 0 && (request.User is null || !Users.Contains(request.User)))
            || (UserGroups.Count > 0 && (request.User is null || !request.Groups.Any(UserGroups.Contains)))
            || (Verbs.Count > 0 && !Verbs.Contains(request.Verb)))
        {
            return false;
        }

        if (Namespaces.Count > 0 || Resources.Count > 0)
        {
            return request.IsResource
                && (Namespaces.Count == 0 || Namespaces.Contains(request.Namespace))
                && (Resources.Count == 0 || Resources.Any(resources => resources.Match(request)));
        }

        return NonResourceUrls.Count == 0 || (!request.IsResource && NonResourceUrls.Any(url => IsPath(url, request.Path)));
    }

    internal static bool IsPath(string url, string path) =>
        url == path || (url.EndsWith('*') && path.StartsWith(url.TrimEnd('*'), StringComparison.Ordinal));
}
