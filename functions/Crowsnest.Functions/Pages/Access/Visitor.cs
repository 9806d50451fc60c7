namespace Crowsnest.Functions.Pages.Access;

/// <summary>Whoever asks for a page.</summary>
/// <param name="Name">The name that they signed in with.</param>
/// <param name="Role">What they may do.</param>
public sealed record Visitor(string Name, ConsoleRole Role)
{
    internal bool May(ConsoleRole role) => Role >= role && Role != ConsoleRole.None;
}
