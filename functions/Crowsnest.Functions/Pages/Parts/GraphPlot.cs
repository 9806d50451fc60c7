using System.Globalization;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Functions.Pages.Parts;

/// <summary>Who opened the way for whom, and through what: from left to right in the order in which they follow from each other.</summary>
public sealed class GraphPlot
{
    public const double NodeWidth = 240;

    public const double NodeHeight = 36;

    private const double ColumnWidth = 370;
    private const double RowHeight = 56;
    private const double Margin = 8;

    // More are not to be told apart; the table beside it has all.
    private const int MostNodes = 40;

    /// <summary>Draws links.</summary>
    public GraphPlot(IReadOnlyList<CausalLink> links)
    {
        List<(string From, string To, string Opened, string Used)> ways = [.. links.SelectMany(WaysOf).Distinct()];
        Dictionary<string, int> columns = ColumnsOf(ways);
        HashSet<string> actors = [.. links.SelectMany(static link => new[] { link.From, link.To })];
        Dictionary<string, GraphNode> nodes = new(StringComparer.Ordinal);
        Dictionary<int, int> rows = [];
        foreach ((string name, int column) in columns.Take(MostNodes))
        {
            int row = rows[column] = rows.GetValueOrDefault(column, -1) + 1;
            nodes.Add(name, new GraphNode(name, actors.Contains(name), Margin + (column * ColumnWidth), Margin + (row * RowHeight)));
        }

        Nodes = [.. nodes.Values];
        Edges = [.. ways.Where(way => nodes.ContainsKey(way.From) && nodes.ContainsKey(way.To))
            .Select(way => new GraphEdge(nodes[way.From], nodes[way.To], way.Opened, way.Used))];
        Omitted = columns.Count - nodes.Count;
    }

    public IReadOnlyList<GraphNode> Nodes { get; }

    public IReadOnlyList<GraphEdge> Edges { get; }

    /// <summary>How many there are beyond those.</summary>
    public int Omitted { get; }

    public double Width => Nodes.Count == 0 ? 0 : Nodes.Max(static node => node.X) + NodeWidth + Margin;

    public double Height => Nodes.Count == 0 ? 0 : Nodes.Max(static node => node.Y) + NodeHeight + Margin;

    private static IEnumerable<(string From, string To, string Opened, string Used)> WaysOf(CausalLink link)
    {
        string opened = $"opened {Minute(link.OpenedAt)}";
        string used = $"used {Minute(link.UsedAt)}";
        return link.Through == link.To || link.Through == link.From || link.Through.Length == 0
            ? [(link.From, link.To, opened, used)]
            : [(link.From, link.Through, opened, ""), (link.Through, link.To, "", used)];
    }

    // Each stands to the right of all that lead to it; of a circle each is moved no further than there are names.
    private static Dictionary<string, int> ColumnsOf(List<(string From, string To, string Opened, string Used)> ways)
    {
        Dictionary<string, int> columns = new(StringComparer.Ordinal);
        foreach ((string from, string to, _, _) in ways)
        {
            columns.TryAdd(from, 0);
            columns.TryAdd(to, 0);
        }

        int rounds = columns.Count;
        for (bool moved = true; moved && rounds-- > 0;)
        {
            moved = false;
            foreach ((string from, string to, _, _) in ways.Where(static way => way.From != way.To))
            {
                if (columns[to] <= columns[from] && columns[from] + 1 < columns.Count)
                {
                    columns[to] = columns[from] + 1;
                    moved = true;
                }
            }
        }

        return columns;
    }

    private static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);
}
