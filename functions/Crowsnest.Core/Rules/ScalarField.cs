using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>A field of the event itself.</summary>
internal sealed class ScalarField(Func<AuditEvent, string> read) : Field
{
    internal override int Cost => 0;

    internal override bool Any(EventView view, Func<FieldValue, bool> test)
    {
        string text = read(view.Event);
        return text.Length > 0 && test(FieldValue.Of(text));
    }
}
