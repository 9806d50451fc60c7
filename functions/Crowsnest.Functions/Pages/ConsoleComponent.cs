using System.Globalization;
using Crowsnest.Core.Alerting;
using Crowsnest.Functions.Pages.Parts;
using Microsoft.AspNetCore.Components;

namespace Crowsnest.Functions.Pages;

/// <summary>A page, which shows its model. What came from outside goes through <see cref="Say"/>; Razor encodes it.</summary>
/// <typeparam name="TModel">What it shows.</typeparam>
public abstract class ConsoleComponent<TModel> : ComponentBase
{
    private const int LongestText = 600;

    [Parameter]
    [EditorRequired]
    public PageRequest Request { get; set; } = null!;

    [Parameter]
    [EditorRequired]
    public TModel Model { get; set; } = default!;

    /// <summary>A text made harmless, on one line, and cut if it is very long.</summary>
    protected static string Say(string text) => SafeText.OneLine(text, LongestText);

    /// <summary>A time to the second; pages say once that times are in UTC.</summary>
    protected static string Moment(DateTimeOffset time) => Shown.Moment(time);

    protected static string Minute(DateTimeOffset time) => Shown.Minute(time);

    protected static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
