namespace Crowsnest.Functions.Pages;

/// <summary>Pages that belong together.</summary>
internal interface IPageGroup
{
    IReadOnlyList<ConsolePage> Pages { get; }
}
