namespace Crowsnest.Functions.Pages.Access;

/// <summary>The answer to who asks: a visitor, or what to answer instead.</summary>
/// <param name="Visitor">Who asks; null when nobody may be let in.</param>
/// <param name="Refusal">What to answer to nobody.</param>
internal sealed record Admission(Visitor? Visitor, IResult? Refusal)
{
    internal static Admission Of(Visitor visitor) => new(visitor, null);

    internal static Admission Refused(IResult refusal) => new(null, refusal);
}
