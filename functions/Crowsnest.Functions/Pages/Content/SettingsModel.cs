namespace Crowsnest.Functions.Pages.Content;

/// <summary>The settings as they are in effect.</summary>
/// <param name="Sections">The sections with their settings, and what may be shown of their values.</param>
/// <param name="Channels">Names of the channels that alerts go to.</param>
public sealed record SettingsModel(
    IReadOnlyList<(string Name, IReadOnlyList<(string Setting, string Value)> Settings)> Sections, IReadOnlyList<string> Channels);
