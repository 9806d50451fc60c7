using Crowsnest.Azure.Investigation;

namespace Crowsnest.Functions.Pages.Explore;

/// <summary>Who touched what: requests by principal and object.</summary>
/// <param name="Columns">The objects, the rarest first.</param>
/// <param name="Rows">The principals, with a count for each object.</param>
internal sealed record Matrix(IReadOnlyList<string> Columns, IReadOnlyList<(string Who, IReadOnlyList<long> Counts)> Rows)
{
    private const int MostColumns = 30;

    /// <summary>The matrix of a table with the columns principal, objects and requests; null when it would have one column.</summary>
    internal static Matrix? Of(ReportTable table)
    {
        List<string> names = [.. table.Columns];
        int who = names.IndexOf("principal");
        int what = names.IndexOf("objects");
        int requests = names.IndexOf("requests");
        if (who < 0 || what < 0 || requests < 0)
        {
            return null;
        }

        Dictionary<(string, string), long> counts = [];
        foreach (IReadOnlyList<object?> row in table.Rows)
        {
            (string, string) key = (row[who] as string ?? "", row[what] as string ?? "");
            counts[key] = counts.GetValueOrDefault(key) + (row[requests] is long count ? count : 0);
        }

        List<string> columns = [.. counts.Keys.Select(static key => key.Item2).Distinct().Take(MostColumns)];
        return columns.Count < 2 ? null : new Matrix(
            columns,
            [.. counts.Keys.Select(static key => key.Item1).Distinct().Select(one =>
                (one, (IReadOnlyList<long>)[.. columns.Select(column => counts.GetValueOrDefault((one, column)))]))]);
    }
}
