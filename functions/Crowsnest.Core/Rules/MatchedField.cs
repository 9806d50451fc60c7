namespace Crowsnest.Core.Rules;

/// <summary>A field for whose value a rule matched.</summary>
/// <param name="Name">The field.</param>
/// <param name="Value">The value, or "present" or "absent".</param>
/// <param name="IsBody">True when it was read from a body.</param>
internal readonly record struct MatchedField(string Name, string Value, bool IsBody)
{
    internal const string Present = "present";
    internal const string Absent = "absent";
}
