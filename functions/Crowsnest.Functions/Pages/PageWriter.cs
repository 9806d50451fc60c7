using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace Crowsnest.Functions.Pages;

/// <summary>Renders pages: components that get their model, inside the frame that all have.</summary>
internal sealed class PageWriter(IServiceProvider services, ILoggerFactory loggers)
{
    /// <summary>Renders a page.</summary>
    /// <typeparam name="TPage">The component; it has the parameters Request and Model.</typeparam>
    /// <param name="request">Who asks.</param>
    /// <param name="title">Its title.</param>
    /// <param name="model">What it shows.</param>
    /// <param name="status">The status of the answer.</param>
    internal async Task<IResult> ShowAsync<TPage>(
        PageRequest request, string title, object model, int status = StatusCodes.Status200OK)
        where TPage : IComponent =>
        Results.Content(await RenderAsync<TPage>(request, title, model), "text/html", Encoding.UTF8, status);

    /// <summary>Says something that needs no page of its own.</summary>
    internal Task<IResult> SayAsync(PageRequest request, string title, string text, int status) =>
        ShowAsync<MessagePage>(request, title, text, status);

    internal async Task<string> RenderAsync<TPage>(PageRequest request, string title, object model)
        where TPage : IComponent
    {
        await using HtmlRenderer renderer = new(services, loggers);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            RenderFragment body = builder =>
            {
                builder.OpenComponent<TPage>(0);
                builder.AddComponentParameter(1, nameof(ConsoleComponent<object>.Request), request);
                builder.AddComponentParameter(2, nameof(ConsoleComponent<object>.Model), model);
                builder.CloseComponent();
            };
            var shown = await renderer.RenderComponentAsync<Frame>(ParameterView.FromDictionary(new Dictionary<string, object?>
            {
                [nameof(Frame.Request)] = request,
                [nameof(Frame.Title)] = title,
                [nameof(Frame.Body)] = body,
            }));
            return "<!DOCTYPE html>\n" + shown.ToHtmlString();
        });
    }
}
