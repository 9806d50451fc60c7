using Crowsnest.Functions.Pages.Access;
using Crowsnest.Functions.Pages.Content;
using Crowsnest.Functions.Pages.Explore;
using Crowsnest.Functions.Pages.Health;
using Crowsnest.Functions.Pages.Incidents;

namespace Crowsnest.Functions.Pages;

/// <summary>Adds the console's pages.</summary>
internal static class ConsoleServices
{
    internal static IServiceCollection AddConsole(this IServiceCollection services) => services
        .AddSingleton<Doorkeeper>()
        .AddSingleton<FormToken>()
        .AddSingleton<PageWriter>()
        .AddSingleton<DayView>()
        .AddSingleton<IPageGroup, HealthPages>()
        .AddSingleton<IPageGroup, IncidentPages>()
        .AddSingleton<IPageGroup, ExplorePages>()
        .AddSingleton<IPageGroup, ContentPages>()
        .AddSingleton<IPageGroup, SettingsPages>();
}
