using Crowsnest.Azure.Storage;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Azure.Investigation;

/// <summary>Answers questions from the archive, wherever it lies: for the command line, the API and assistants.</summary>
/// <param name="store">The archive.</param>
/// <param name="options">The limits of a question.</param>
/// <param name="model">What tells how unusual an act is; null to leave that out.</param>
public sealed class Investigator(IArchiveStore store, InvestigationOptions options, AnomalyModel? model)
{
    /// <summary>Hears of bytes that are fetched from storage.</summary>
    public Action<long> Fetched { get; init; } = static _ => { };

    /// <summary>Answers a question.</summary>
    /// <param name="question">The question.</param>
    /// <param name="scope">The part of the archive, and of the answer.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvestigationException">It can't be answered; the message says why.</exception>
    public async Task<Report> AskAsync(Question question, ArchiveScope scope, CancellationToken cancellationToken)
    {
        if (scope.Limit is < 1 or > ArchiveScope.MostRows || scope.Offset < 0)
        {
            throw new InvestigationException($"a page has 1 to {ArchiveScope.MostRows} rows, and begins at 0 or later");
        }

        scope = scope with { From = scope.From ?? question.Span.From, To = scope.To ?? question.Span.To };
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(options.MostSeconds));
        try
        {
            (IArchiveStore archive, string? note) = await FreshHours.OpenAsync(store, scope, options, limit.Token);
            ArchiveSelection selection = await ArchiveSelection.FindAsync(archive, scope, limit.Token);
            ArchiveDatabase database = new(
                options, Path.Combine(ArchiveCache.FolderOf(archive, options), $"spill-{Guid.NewGuid():N}"));
            using ArchiveReader reader = new(selection, new ArchiveCache(archive, options), database, options, Fetched);
            SurpriseReader? surprise = model is null ? null : new SurpriseReader(model);

            // What the database does keeps its thread.
            (IReadOnlyList<ReportTable> tables, IReadOnlyList<string> notes) =
                await Task.Run(() => question.AnswerAsync(reader, surprise, scope, limit.Token), limit.Token);
            return new Report(
                question.Text,
                selection.From,
                selection.To,
                selection.Clusters,
                scope.IsRaw ? tables : [.. tables.Select(static table => table.Redacted())],
                note is null ? notes : [.. notes, note]);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InvestigationException(
                $"no answer within {options.MostSeconds} s: narrow it with --from and --to or --cluster, "
                + "or raise Crowsnest__Investigation__MostSeconds");
        }
    }
}
