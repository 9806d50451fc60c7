using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>A field of the event itself that holds several values.</summary>
internal sealed class ListField(Func<AuditEvent, IReadOnlyList<string>> read) : Field
{
    internal override int Cost => 1;

    internal override bool Any(EventView view, Func<FieldValue, bool> test)
    {
        IReadOnlyList<string> values = read(view.Event);
        for (int i = 0; i < values.Count; i++)
        {
            if (test(FieldValue.Of(values[i])))
            {
                return true;
            }
        }

        return false;
    }
}
