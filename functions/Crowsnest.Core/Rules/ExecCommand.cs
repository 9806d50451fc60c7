using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>The command line of an exec request. It stands in the query, one <c>command</c> parameter per word.</summary>
internal static class ExecCommand
{
    internal static string Of(AuditEvent audit) => audit.ObjectRef.Subresource is "exec" or "attach"
        ? string.Join(' ', audit.Path.All("command"))
        : "";
}
