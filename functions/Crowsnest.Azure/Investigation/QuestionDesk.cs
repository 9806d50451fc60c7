using System.Globalization;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Investigation;

/// <summary>Questions to the deployment's archive by the fields of a form: for the API and the console. Each is logged.</summary>
public sealed class QuestionDesk(
    StorageClients storage,
    CurrentModel models,
    IncidentTable incidents,
    DetectionTable detections,
    IncidentReader reader,
    IOptions<InvestigationOptions> options,
    ILogger<QuestionDesk> log)
{
    private const int LongestQuery = 20_000;
    private const int LongestLogged = 1_000;

    /// <summary>The kinds of questions.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["who", "what", "timeline", "where", "tools", "event", "sql"];

    /// <summary>Answers a question.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="field">The value of a field, or null.</param>
    /// <param name="asker">Who asks, for the log.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvestigationException">It can't be answered; the message says why.</exception>
    public async Task<Report> AskAsync(
        string kind, Func<string, string?> field, string asker, CancellationToken cancellationToken)
    {
        try
        {
            ArchiveScope scope = new()
            {
                From = TimeOf(field, "from"),
                To = TimeOf(field, "to"),
                Cluster = field("cluster"),
                Limit = NumberOf(field, "limit") ?? new ArchiveScope().Limit,
                Offset = NumberOf(field, "offset") ?? 0,
            };
            Question question = await ReadAsync(kind, field, cancellationToken);
            Log.ArchiveAsked(log, asker, kind, SafeText.OneLine(question.Text, LongestLogged), scope.Cluster, scope.From, scope.To);
            Investigator investigator = new(
                new BlobArchiveStore(storage.Archive), options.Value, await models.GetAsync(scope.Cluster ?? "", cancellationToken));
            return await investigator.AskAsync(question, scope, cancellationToken);
        }
        catch (InvestigationException refused)
        {
            Log.ArchiveRefused(log, asker, kind, SafeText.OneLine(refused.Message, LongestLogged));
            throw;
        }
    }

    private async Task<Question> ReadAsync(string kind, Func<string, string?> field, CancellationToken cancellationToken) => kind switch
    {
        "who" => new WhoQuestion(Required(field, "resource"), field("could") is "true" or "1"),
        "what" => new WhatQuestion(new ActorFilter(field("user"), field("source"), field("token"), field("pod"))),
        "timeline" => new TimelineQuestion(Required(field, "object")),
        "where" => new WhereQuestion(await IncidentAsync(field, cancellationToken), NumberOf(field, "hours") ?? 24),
        "tools" => new ToolsQuestion(field("user"), field("resource")),
        "event" => new EventQuestion(Required(field, "id")),
        "sql" => new SqlQuestion(Required(field, "query"), detections.ReadAsync),
        _ => throw new InvestigationException($"there are the questions {string.Join(", ", Kinds)}"),
    };

    private async Task<Incident> IncidentAsync(Func<string, string?> field, CancellationToken cancellationToken)
    {
        string id = Required(field, "incident");
        string cluster = Required(field, "cluster");
        Incident? known = DateOnly.TryParseExact(
            Required(field, "day"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day)
            ? await incidents.FindAsync(cluster, day, id, cancellationToken) : null;
        return known is null ? throw new InvestigationException("there is no such incident on that day; days are YYYY-MM-DD")
            : (await reader.ReadAsync([known.Parts[0]], cancellationToken)).FirstOrDefault(one => one.Id == id) ?? known;
    }

    private static string Required(Func<string, string?> field, string name) => field(name) switch
    {
        null or "" => throw new InvestigationException($"give {name}=…"),
        { Length: > LongestQuery } => throw new InvestigationException($"{name} is too long"),
        { } value => value,
    };

    private static DateTimeOffset? TimeOf(Func<string, string?> field, string name) => field(name) is not { Length: > 0 } text ? null
        : DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time : throw new InvestigationException($"{name} takes a time such as 2026-11-02T10:30Z");

    private static int? NumberOf(Func<string, string?> field, string name) => field(name) is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number
            : throw new InvestigationException($"{name} takes a number");
}
