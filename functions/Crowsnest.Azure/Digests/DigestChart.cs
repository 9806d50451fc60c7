using Crowsnest.Core.Alerting;
using Crowsnest.Core.Feeds;
using Microsoft.Extensions.Logging;
using ScottPlot;

namespace Crowsnest.Azure.Digests;

/// <summary>Draws the records of each feed by hour.</summary>
internal static class DigestChart
{
    private const int Width = 640;
    private const int Height = 240;
    private const int MostFeeds = 6;

    /// <summary>The chart as PNG; null when there is nothing to draw, or nothing to draw with.</summary>
    internal static byte[]? Draw(IReadOnlyList<DigestFeed> feeds, DateTimeOffset now, ILogger log)
    {
        List<DigestFeed> some =
            [.. feeds.Where(static feed => feed.Records > 0).OrderByDescending(static feed => feed.Records).Take(MostFeeds)];
        if (some.Count == 0)
        {
            return null;
        }

        try
        {
            using Plot plot = new();
            foreach (DigestFeed feed in some)
            {
                double[] hours =
                [
                    .. Enumerable.Range(0, feed.PerHour.Count)
                        .Select(i => FeedHour.StartOf(now).UtcDateTime.AddHours(i + 1 - feed.PerHour.Count).ToOADate()),
                ];
                plot.Add.ScatterLine(hours, [.. feed.PerHour.Select(static count => (double)count)])
                    .LegendText = SafeText.OneLine(feed.Cluster, 30);
            }

            plot.Axes.DateTimeTicksBottom();
            plot.Axes.SetLimitsY(0, Math.Max(1, some.Max(static feed => feed.PerHour.Max()) * 1.1));
            plot.YLabel("records an hour");
            plot.ShowLegend(Alignment.UpperLeft);
            return plot.GetImageBytes(Width, Height, ImageFormat.Png);
        }
#pragma warning disable CA1031 // The drawing library needs native parts that a machine may lack: the digest goes without a chart then.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Log.ChartNotDrawn(log, fault);
            return null;
        }
    }
}
