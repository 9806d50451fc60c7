using System.Globalization;
using Crowsnest.Core.Alerting;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace Crowsnest.Functions.Pages.Parts;

/// <summary>The text element of SVG, which Razor takes for its own.</summary>
public sealed class SvgText : ComponentBase
{
    [Parameter]
    [EditorRequired]
    public double X { get; set; }

    [Parameter]
    [EditorRequired]
    public double Y { get; set; }

    [Parameter]
    [EditorRequired]
    public string Value { get; set; } = "";

    /// <summary>start, middle or end.</summary>
    [Parameter]
    public string Anchor { get; set; } = "start";

    [Parameter]
    public string? Class { get; set; }

    /// <summary>Characters that are shown at most.</summary>
    [Parameter]
    public int Longest { get; set; } = 40;

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "x", X.ToString("0.#", CultureInfo.InvariantCulture));
        builder.AddAttribute(2, "y", Y.ToString("0.#", CultureInfo.InvariantCulture));
        builder.AddAttribute(3, "text-anchor", Anchor);
        builder.AddAttribute(4, "class", Class);
        builder.AddContent(5, SafeText.OneLine(Value, Longest));
        builder.CloseElement();
    }
}
