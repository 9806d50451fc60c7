using System.Diagnostics;
using System.Text;
using Crowsnest.Azure.Investigation;
using Crowsnest.Core.Alerting;
using Crowsnest.Functions.Pages.Access;

namespace Crowsnest.Functions.Pages.Explore;

/// <summary>The questions to the archive as forms, and their answers.</summary>
internal sealed class ExplorePages(QuestionDesk desk, PageWriter writer) : IPageGroup
{
    private const string Sql = "sql";

    public IReadOnlyList<ConsolePage> Pages =>
    [
        new("explore", ConsoleRole.Reader, (request, _) =>
            writer.ShowAsync<ExplorePage>(request, "Explore", new ExploreModel("", null, "", 0))),
        .. QuestionDesk.Kinds.Select(kind => new ConsolePage(
            $"explore/{kind}",
            kind == Sql ? ConsoleRole.Analyst : ConsoleRole.Reader,
            (request, cancel) => AskAsync(request, kind, cancel))),
    ];

    private async Task<IResult> AskAsync(PageRequest request, string kind, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            Report report = await desk.AskAsync(
                kind, field => request[field] is { Length: > 0 } value ? value : null, request.Visitor.Name, cancellationToken);
            return request["format"] switch
            {
                "json" => Results.File(ReportJson.Write(report), "application/json", $"{kind}.json"),
                "csv" => Results.File(Encoding.UTF8.GetBytes(Csv(report.Tables[0])), "text/csv; charset=utf-8", $"{kind}.csv"),
                _ => await writer.ShowAsync<ExplorePage>(
                    request,
                    "Explore: " + report.Question,
                    new ExploreModel(kind, report, "", Stopwatch.GetElapsedTime(started).TotalSeconds)),
            };
        }
        catch (InvestigationException refused)
        {
            return await writer.ShowAsync<ExplorePage>(
                request, "Explore", new ExploreModel(kind, null, refused.Message, 0), StatusCodes.Status400BadRequest);
        }
    }

    private static string Csv(ReportTable table)
    {
        StringBuilder text = new();
        text.AppendJoin(',', table.Columns.Select(SafeText.CsvCell)).Append("\r\n");
        foreach (IReadOnlyList<object?> row in table.Rows)
        {
            text.AppendJoin(',', row.Select(static cell => SafeText.CsvCell(SafeText.OneLine(ShownColumn.TextOf(cell))))).Append("\r\n");
        }

        return text.ToString();
    }
}
