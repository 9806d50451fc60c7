using System.Globalization;
using System.Net;
using System.Text;

namespace Crowsnest.Cli.Evaluation;

/// <summary>
/// Draws the curves as SVG: on the left what is found at which price, on the right the price of each budget. The same numbers give the
/// same text.
/// </summary>
internal static class CurveSvg
{
    private const int Width = 960;
    private const int Height = 400;
    private const int Top = 40;
    private const int Bottom = 330;
    private const int Panel = 380;

    private static readonly string[] Colours = ["#1f5fa8", "#c4541a", "#2d7d46", "#7a3b8f", "#555555"];

    /// <summary>Draws.</summary>
    /// <param name="attacks">By recording with labels its points.</param>
    /// <param name="benign">By benign recording its points.</param>
    internal static string Draw(
        IReadOnlyList<(string Name, IReadOnlyList<CurvePoint> Points)> attacks,
        IReadOnlyList<(string Name, IReadOnlyList<CurvePoint> Points)> benign)
    {
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" ")
            .Append("font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        int most = attacks.SelectMany(static one => one.Points).Select(static point => point.Attacks).DefaultIfEmpty(1).Max();
        double price = Ceiling(attacks);
        Axes(svg, 60, "false incidents a day", price, $"attack scenarios found, of {most}", most);
        Lines(svg, 60, attacks, point => (point.FalseIncidents / price, point.Found / (double)most));
        double height = Ceiling(benign);
        double[] budgets = [.. benign.SelectMany(static one => one.Points).Select(static point => point.Budget).Distinct().Order()];
        Axes(svg, 540, "budget, false alerts a day", null, "false incidents a day", height);
        for (int i = 0; i < budgets.Length; i++)
        {
            Text(svg, 540 + (Panel * Place(budgets, budgets[i])), Bottom + 18, Number(budgets[i]), "middle");
        }

        Lines(svg, 540, benign, point => (Place(budgets, point.Budget), point.FalseIncidents / height));
        return svg.Append("</svg>\n").ToString();
    }

    // Budgets at even distances: they are chosen like that.
    private static double Place(double[] budgets, double budget) =>
        budgets.Length < 2 ? 0.5 : Array.IndexOf(budgets, budget) / (double)(budgets.Length - 1);

    private static double Ceiling(IReadOnlyList<(string Name, IReadOnlyList<CurvePoint> Points)> lines) => Math.Max(
        1,
        Math.Ceiling(2 * lines.SelectMany(static one => one.Points).Select(static one => one.FalseIncidents).DefaultIfEmpty(0).Max()) / 2);

    private static void Axes(StringBuilder svg, int left, string across, double? widest, string up, double highest)
    {
        svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{left} {Top}V{Bottom}H{left + Panel}\" fill=\"none\" stroke=\"#333333\"/>\n");
        for (int i = 0; i <= 4; i++)
        {
            double y = Bottom - ((Bottom - Top) * i / 4.0);
            svg.Append(CultureInfo.InvariantCulture, $"<path d=\"M{left} {Number(y)}H{left + Panel}\" stroke=\"#dddddd\"/>\n");
            Text(svg, left - 6, y + 4, Number(highest * i / 4), "end");
            if (widest is { } width)
            {
                Text(svg, left + (Panel * i / 4.0), Bottom + 18, Number(width * i / 4), "middle");
            }
        }

        Text(svg, left + (Panel / 2), Bottom + 38, across, "middle");
        Text(svg, left, Top - 14, up, "start");
    }

    private static void Lines(
        StringBuilder svg,
        int left,
        IReadOnlyList<(string Name, IReadOnlyList<CurvePoint> Points)> lines,
        Func<CurvePoint, (double X, double Y)> place)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            string colour = Colours[i % Colours.Length];
            List<(double X, double Y, CurvePoint Point)> points =
            [
                .. lines[i].Points.Select(point => place(point) is var (x, y)
                    ? (left + (Panel * x), Bottom - ((Bottom - Top) * y), point) : default),
            ];
            string path = string.Join(' ', points.Select(static point => $"{Number(point.X)},{Number(point.Y)}"));
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n");
            foreach ((double x, double y, CurvePoint point) in points)
            {
                string told = $"budget {Number(point.Budget)}: {(point.Attacks > 0 ? $"{point.Found} of {point.Attacks}, " : "")}"
                    + $"{Number(point.FalseIncidents)} false incidents a day";
                svg.Append(
                    CultureInfo.InvariantCulture,
                    $"<circle cx=\"{Number(x)}\" cy=\"{Number(y)}\" r=\"4\" fill=\"{colour}\"><title>{told}</title></circle>\n");
            }

            svg.Append(
                CultureInfo.InvariantCulture,
                $"<rect x=\"{left + 12 + (i * 180)}\" y=\"{Bottom + 50}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>\n");
            Text(svg, left + 30 + (i * 180), Bottom + 60, lines[i].Name, "start");
        }
    }

    private static void Text(StringBuilder svg, double x, double y, string text, string anchor) => svg.Append(
        CultureInfo.InvariantCulture,
        $"<text x=\"{Number(x)}\" y=\"{Number(y)}\" text-anchor=\"{anchor}\">{WebUtility.HtmlEncode(text)}</text>\n");

    private static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);
}
