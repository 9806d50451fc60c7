using System.Globalization;
using System.Text;
using Crowsnest.Azure;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Functions.Pages;

/// <summary>Addresses of the console's pages. What is put in is encoded.</summary>
internal static class Links
{
    /// <summary>Where the console is.</summary>
    internal const string Base = ConsoleOptions.Path;

    internal static string Incident(Incident incident) => ConsoleOptions.AddressOf(incident);

    internal static string Incident(string cluster, DateOnly day, string id, string page = "incident") => Page(
        page, ("cluster", cluster), ("day", day.ToString("O", CultureInfo.InvariantCulture)), ("id", id));

    /// <summary>A question to the archive, answered.</summary>
    internal static string Ask(string kind, string field, string value, string cluster = "") =>
        Page("explore/" + kind, (field, value), ("cluster", cluster));

    /// <summary>The address of a page; fields that are empty are left out.</summary>
    internal static string Page(string page, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        StringBuilder address = new(Base);
        if (page.Length > 0)
        {
            address.Append('/').Append(page);
        }

        char before = '?';
        foreach ((string name, string value) in fields)
        {
            if (value.Length > 0)
            {
                address.Append(before).Append(name).Append('=').Append(Uri.EscapeDataString(value));
                before = '&';
            }
        }

        return address.ToString();
    }
}
