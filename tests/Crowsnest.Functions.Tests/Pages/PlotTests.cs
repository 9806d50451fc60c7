using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Functions.Pages.Parts;
using Crowsnest.Testing;

namespace Crowsnest.Functions.Tests.Pages;

/// <summary>The pictures of an incident's page: where things stand in them.</summary>
public sealed class PlotTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Timeline_TwoBurstsADayApart_AreTwoSpansWithTheirOwnRoom()
    {
        TimelinePlot plot = new([At("a", 0), At("b", 60), At("c", 86_400), At("d", 86_460)]);

        Assert.Equal(
            [(Start, Start.AddSeconds(60)), (Start.AddSeconds(86_400), Start.AddSeconds(86_460))],
            plot.Spans.Select(static span => (span.From, span.To)));
        Assert.All(plot.Spans, static span => Assert.True(span.Right - span.Left > 300));
        Assert.Equal(4, plot.Marks.Count);
        Assert.Equal(plot.Marks.Select(static mark => mark.X).Order(), plot.Marks.Select(static mark => mark.X));
        Assert.All(plot.Marks, static mark => Assert.InRange(mark.X, TimelinePlot.Left, TimelinePlot.Width));
    }

    [Fact]
    public void Timeline_ManyActors_TheGravestHaveLanesAndTheRestShareOne()
    {
        List<Detection> findings = [.. Enumerable.Range(0, 40).Select(static i => At($"d{i}", i * 60, $"p{i}@example.org", i == 39 ? Severity.Critical : Severity.Low))];

        TimelinePlot plot = new(findings);

        Assert.Equal(TimelinePlot.MostLanes, plot.Lanes.Count);
        Assert.Equal("29 others", plot.Lanes[^1]);
        Assert.Contains("p39@example.org", plot.Lanes);
        Assert.Equal(40, plot.Marks.Sum(static mark => mark.Count));
    }

    [Fact]
    public void Timeline_ManyAtOnce_AreOneMarkOfTheGravest()
    {
        TimelinePlot plot = new([At("a", 0), At("b", 0, severity: Severity.Critical), At("c", 0)]);

        TimelineMark mark = Assert.Single(plot.Marks);
        Assert.Equal((3, Severity.Critical), (mark.Count, mark.Lead.Severity));
    }

    [Fact]
    public void Timeline_NoFinding_IsEmpty() => Assert.Empty(new TimelinePlot([]).Spans);

    [Fact]
    public void Graph_ChainThroughAPod_RunsFromLeftToRight()
    {
        GraphPlot plot = new([Link("alice", "robot", "robot"), Link("robot", "intruder", "pod:shop/web")]);

        Assert.Equal(["alice", "robot", "pod:shop/web", "intruder"], plot.Nodes.OrderBy(static node => node.X).Select(static node => node.Name));
        Assert.Equal(3, plot.Edges.Count);
        Assert.All(plot.Edges, static edge => Assert.True(edge.From.X < edge.To.X));
        Assert.Equal(["pod:shop/web"], plot.Nodes.Where(static node => !node.IsActor).Select(static node => node.Name));
    }

    [Fact]
    public void Graph_Circle_Ends()
    {
        GraphPlot plot = new([Link("a", "b", "b"), Link("b", "c", "c"), Link("c", "a", "a"), Link("a", "a", "a")]);

        Assert.Equal(3, plot.Nodes.Count);
        Assert.InRange(plot.Width, 1, 3_000);
    }

    [Fact]
    public void Graph_Hundreds_SaysHowManyAreLeftOut()
    {
        GraphPlot plot = new([.. Enumerable.Range(0, 100).Select(static i => Link("a", $"b{i}", $"b{i}"))]);

        Assert.Equal((40, 61), (plot.Nodes.Count, plot.Omitted));
    }

    private static CausalLink Link(string from, string to, string through) => new(from, to, through, Start, Start.AddMinutes(1));

    private static Detection At(string id, int second, string principal = "jane@example.org", Severity severity = Severity.Medium) =>
        Some.Detection(id, severity: severity, principal: principal) with { Time = Start.AddSeconds(second) };
}
