using Crowsnest.Core.Audit;

namespace Crowsnest.Cli.Evaluation;

/// <summary>The baseline of the field: any combination of user, verb, resource and namespace that history does not have.</summary>
internal sealed class NewTermsDetector : IDetector
{
    private readonly HashSet<(string, string, string, string)> _known = [];

    public string Name => "new terms (user, verb, resource, namespace)";

    public void Learn(AuditEvent audit) => _known.Add(Key(audit));

    public double Score(AuditEvent audit) => _known.Contains(Key(audit)) ? 0 : 1;

    private static (string, string, string, string) Key(AuditEvent audit) =>
        (audit.Principal, audit.Verb, audit.ObjectRef.Resource, audit.ObjectRef.Namespace);
}
