using Microsoft.AspNetCore.Http;

namespace Crowsnest.Functions.Tests.Pages;

/// <summary>What the console answered.</summary>
internal sealed record ConsoleAnswer(HttpResponse Response, string Body)
{
    internal int Status => Response.StatusCode;
}
