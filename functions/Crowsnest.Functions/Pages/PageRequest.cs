using System.Globalization;
using Crowsnest.Functions.Pages.Access;

namespace Crowsnest.Functions.Pages;

/// <summary>A request for a page by somebody who may see it.</summary>
/// <param name="Http">The request.</param>
/// <param name="Visitor">Who asks.</param>
/// <param name="Token">What the page's forms must bring back; see <see cref="FormToken"/>.</param>
/// <param name="Form">What was posted; empty for a page that is only looked at.</param>
public sealed record PageRequest(HttpRequest Http, Visitor Visitor, string Token, IFormCollection Form)
{
    /// <summary>A field of the address, without spaces around it; empty when it is not there.</summary>
    internal string this[string field] => Http.Query[field] is [{ } value, ..] ? value.Trim() : "";

    /// <summary>A field of what was posted; empty when it is not there.</summary>
    internal string Posted(string field) => Form[field] is [{ } value, ..] ? value.Trim() : "";

    /// <summary>A day of the address, or null.</summary>
    internal DateOnly? Day(string field) =>
        DateOnly.TryParseExact(this[field], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day : null;

    /// <summary>A number of the address that is not negative; 0 when it is none.</summary>
    internal int Number(string field) =>
        int.TryParse(this[field], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    /// <summary>The address with one field changed; the field goes when it is empty.</summary>
    internal string With(string field, string value) => Http.Path + QueryString.Create(
        Http.Query.Where(pair => pair.Key != field).Append(new(field, value)).Where(static pair => pair.Value is [{ Length: > 0 }, ..]));
}
