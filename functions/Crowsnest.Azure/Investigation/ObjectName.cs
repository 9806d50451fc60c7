namespace Crowsnest.Azure.Investigation;

/// <summary>
/// Objects by <c>RESOURCE[.GROUP][/NAMESPACE[/NAME]]</c> or, without a namespace, <c>RESOURCE[.GROUP]/NAME</c>; an empty part stands
/// for any.
/// </summary>
/// <param name="Resource">Plural name of the kind.</param>
/// <param name="Group">API group, or empty for any.</param>
/// <param name="Namespace">Namespace, or empty for any.</param>
/// <param name="Name">Name, or empty for any.</param>
internal sealed record ObjectName(string Resource, string Group, string Namespace, string Name)
{
    // What acts on many objects at once names none of them.
    internal const string Collective = "('list', 'watch', 'deletecollection')";

    /// <summary>Reads a name.</summary>
    /// <exception cref="InvestigationException">It is none.</exception>
    internal static ObjectName Parse(string text)
    {
        string[] parts = text.Split('/');
        int dot = parts[0].IndexOf('.', StringComparison.Ordinal);
        string resource = (dot < 0 ? parts[0] : parts[0][..dot]).Trim().ToLowerInvariant();
        return resource.Length > 0 && parts.Length <= 3
            ? new ObjectName(
                resource,
                dot < 0 ? "" : parts[0][(dot + 1)..],
                parts.Length > 1 ? parts[1] : "",
                parts.Length > 2 ? parts[2] : "")
            : throw new InvestigationException(
                $"'{text}' names no object: give RESOURCE/NAMESPACE/NAME, RESOURCE/NAMESPACE or RESOURCE/NAME, "
                + "for example secrets/shop/db, deployments.apps/shop or nodes/worker-1");
    }

    internal Dictionary<string, object> Parameters => new()
    {
        ["resource"] = Resource,
        ["group"] = Group,
        ["namespace"] = Namespace,
        ["name"] = Name,
    };

    /// <summary>Rows that act on the objects themselves, as a condition of SQL.</summary>
    internal string IsDirect => $"{IsKind} AND {IsHere}";

    /// <summary>Which of the kind's objects they are, as a condition of SQL.</summary>
    internal string IsHere => $"({(Name.Length > 0 ? InNamespace + " AND name = $name" : InNamespaceOrNamed)})";

    /// <summary>
    /// Rows that act on the objects, among others through a list of all in the namespace or the cluster, as a condition of SQL.
    /// </summary>
    internal string IsReached
    {
        get
        {
            string here = Namespace.Length == 0 ? "true" : "(namespace = $namespace OR namespace = '')";
            return $"{IsKind} AND ({IsHere} OR (verb IN {Collective} AND name = '' AND {here}))";
        }
    }

    private string IsKind => Group.Length > 0 ? "resource = $resource AND api_group = $group" : "resource = $resource";

    private string InNamespace => Namespace.Length > 0 ? "namespace = $namespace" : "true";

    // Of a kind without namespaces the only part is the name.
    private string InNamespaceOrNamed =>
        Namespace.Length > 0 ? "namespace = $namespace OR (namespace = '' AND name = $namespace)" : "true";
}
