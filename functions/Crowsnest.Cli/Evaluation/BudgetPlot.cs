using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Crowsnest.Cli.Evaluation;

/// <summary>Draws how many attacks are found at which price.</summary>
internal static class BudgetPlot
{
    private const int Width = 900;
    private const int Height = 540;

    private static readonly double[] Ticks = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

    /// <summary>False alerts a day that are drawn, evenly spread on a logarithmic axis.</summary>
    internal static double[] Budgets { get; } = [.. Enumerable.Range(0, 61).Select(static i => 0.2 * Math.Pow(500, i / 60.0))];

    /// <summary>Draws and saves.</summary>
    /// <param name="file">The PNG to write.</param>
    /// <param name="results">By detector: its name and what it finds at <see cref="Budgets"/>.</param>
    internal static void Save(FileInfo file, IReadOnlyList<(string Name, RankingResult Result)> results)
    {
        using Plot plot = new();
        foreach ((string name, RankingResult result) in results)
        {
            double[] prices = [.. result.Detected.Select(static point => Math.Log10(point.FalseAlertsPerDay))];
            double[] found = [.. result.Detected.Select(static point => point.Detected)];
            ScottPlot.Plottables.Scatter line = plot.Add.ScatterLine(prices, found);
            line.LegendText = name;
            line.LineWidth = 2;
        }

        plot.Axes.Bottom.TickGenerator = new NumericManual(
            [.. Ticks.Select(Math.Log10)], [.. Ticks.Select(static tick => tick.ToString(CultureInfo.InvariantCulture))]);
        plot.Axes.SetLimits(Math.Log10(Budgets[0]), Math.Log10(Budgets[^1]), 0, results[0].Result.Attacks + 1);
        plot.XLabel("false alerts a day");
        plot.YLabel($"attack scenarios detected, of {results[0].Result.Attacks}");
        plot.ShowLegend(Alignment.LowerRight);
        plot.SavePng(file.FullName, Width, Height);
    }
}
