using Crowsnest.Functions.Pages.Access;

namespace Crowsnest.Functions.Pages;

/// <summary>A page of the console, or something that is posted to it.</summary>
/// <param name="Path">Its path behind the console's own; empty for the first page.</param>
/// <param name="Role">Who may ask for it.</param>
/// <param name="AnswerAsync">Answers.</param>
/// <param name="IsPosted">True for what changes something.</param>
internal sealed record ConsolePage(
    string Path, ConsoleRole Role, Func<PageRequest, CancellationToken, Task<IResult>> AnswerAsync, bool IsPosted = false);
