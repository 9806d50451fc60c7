namespace Crowsnest.Core.Rules;

/// <summary>A field that is read from the event itself, or from one of the views of its body.</summary>
internal sealed class ViewField : Field
{
    /// <summary>What a field costs that differs from request to request; most are decoded when they are first asked for.</summary>
    internal const int DecodedCost = 20;

    /// <summary>What a field costs that is read from a body.</summary>
    internal const int BodyCost = 100;

    private readonly Func<EventView, string>? _one;
    private readonly Func<EventView, IReadOnlyList<string>>? _many;

    /// <summary>A single value; empty when the event lacks it.</summary>
    internal ViewField(Func<EventView, string> one, int cost = 0) => (_one, Cost) = (one, cost);

    /// <summary>Any number of values.</summary>
    internal ViewField(Func<EventView, IReadOnlyList<string>> many, int cost) => (_many, Cost) = (many, cost);

    internal override int Cost { get; }

    internal override bool Any(EventView view, Func<FieldValue, bool> test)
    {
        if (_one is not null)
        {
            string text = _one(view);
            return text.Length > 0 && test(FieldValue.Of(text));
        }

        IReadOnlyList<string> texts = _many!(view);
        for (int i = 0; i < texts.Count; i++)
        {
            if (texts[i].Length > 0 && test(FieldValue.Of(texts[i])))
            {
                return true;
            }
        }

        return false;
    }
}
