namespace Crowsnest.Core.Intake;

/// <summary>A member of a wrapper.</summary>
/// <param name="Name">Its name in small letters and without underscores: shippers differ in these alone.</param>
/// <param name="Path">Its name as written.</param>
/// <param name="Start">Where its value starts.</param>
/// <param name="End">Where its value ends.</param>
internal readonly record struct WrapperMember(string Name, string Path, int Start, int End)
{
    /// <summary>True for the members that hold what came in as it came in.</summary>
    internal bool IsPreferred => Name is "event" or "original" or "message" or "log" or "raw";
}
