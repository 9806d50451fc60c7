using Crowsnest.Core.Audit;

namespace Crowsnest.Learning.Contrast;

/// <summary>
/// An action that attackers are known for, from the public technique lists (ATT&amp;CK for Containers, Microsoft's threat
/// matrix for Kubernetes). Its namespace and name stand for any.
/// </summary>
/// <param name="Technique">ATT&amp;CK id.</param>
/// <param name="Event">The action as an audit event.</param>
public sealed record SensitiveAction(string Technique, AuditEvent Event)
{
    private const string TechniqueAnnotation = "technique";

    /// <summary>The catalogue that comes with Crowsnest.</summary>
    public static IReadOnlyList<SensitiveAction> All { get; } = Read("sensitive-actions.jsonl");

    /// <summary>
    /// Other attack actions, written by hand and never trained on: a new model must not find fewer of them than the old one.
    /// </summary>
    public static IReadOnlyList<SensitiveAction> Canaries { get; } = Read("canaries.jsonl");

    /// <summary>True when the action is about one namespace.</summary>
    internal bool IsNamespaced => Event.ObjectRef.Namespace.Length > 0;

    /// <summary>Reads a catalogue that is part of this assembly: one audit event a line, its technique an annotation.</summary>
    internal static IReadOnlyList<SensitiveAction> Read(string resource)
    {
        using Stream stream = typeof(SensitiveAction).Assembly.GetManifestResourceStream(resource)!;
        using StreamReader lines = new(stream);
        List<SensitiveAction> actions = [];
        AuditEventParser parser = new();
        while (lines.ReadLine() is { Length: > 0 } line)
        {
            AuditParseStatus status = parser.Parse(
                System.Text.Encoding.UTF8.GetBytes(line), "contrast", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
            if (status != AuditParseStatus.Parsed || audit is null)
            {
                throw new InvalidDataException($"{resource} line {actions.Count + 1} is {status}");
            }

            actions.Add(new SensitiveAction(audit.Annotation(TechniqueAnnotation), audit));
        }

        return actions;
    }
}
