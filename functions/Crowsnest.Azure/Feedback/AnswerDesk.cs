using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Feedback;

/// <summary>Takes the answers to alerts.</summary>
public sealed class AnswerDesk(
    LinkKey key, IncidentTable incidents, SuppressionTable suppressions, CaseDesk cases, TimeProvider clock)
{
    /// <summary>Longest time that a link may suppress for.</summary>
    public const int MostDays = 90;

    /// <summary>The ticket of a link, and the incident as it stands.</summary>
    /// <returns>No ticket when the link is forged or has ended; no incident when it has become part of another.</returns>
    public async Task<(AnswerTicket? Ticket, Incident? Incident)> OpenAsync(string text, CancellationToken cancellationToken)
    {
        AnswerTicket? ticket = (await key.SignerAsync(cancellationToken)).Read(text, clock.GetUtcNow());
        return (ticket, ticket is null ? null : await incidents.FindAsync(ticket.Cluster, ticket.Day, ticket.Incident, cancellationToken));
    }

    /// <summary>Records whether it was an attack. The next training goes by it.</summary>
    /// <returns>What is wrong with it, or null when it was recorded.</returns>
    public Task<string?> JudgeAsync(
        Incident incident, Answer answer, string author, string note, CancellationToken cancellationToken) =>
        cases.ChangeAsync(
            incident,
            new CaseChange(author, note, answer == Answer.Attack ? CaseState.Attack : CaseState.Expected),
            cancellationToken);

    /// <summary>Suppresses what is like a detection in the fields that are named.</summary>
    /// <param name="like">The detection.</param>
    /// <param name="fields">Names of fields of <see cref="Suppression"/> that must agree.</param>
    /// <param name="days">For how long.</param>
    /// <param name="author">Who says so.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What is wrong with it, or null when it was recorded.</returns>
    public async Task<string?> SuppressAsync(
        Detection like, IReadOnlyCollection<string> fields, int days, string author, string reason, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        Suppression suppression = new()
        {
            Cluster = like.Cluster,
            Rule = Of(nameof(Suppression.Rule), like.Rule.Id),
            Principal = Of(nameof(Suppression.Principal), Suppression.Literally(like.Principal)),
            Source = Of(nameof(Suppression.Source), like.SourceIp),
            Target = Of(nameof(Suppression.Target), Suppression.Literally(like.OnWhat)),
            Reason = reason,
            Author = author,
            Created = now,
            Until = now.AddDays(Math.Clamp(days, 1, MostDays)),
        };

        // A link in a mail is quickly followed: it must not silence a whole rule, person or network.
        string[] named = [suppression.Rule, suppression.Principal, suppression.Source, suppression.Target];
        string? problem = named.Count(static field => field.Length > 0) < 2 ? "Choose at least two fields." : suppression.Problem();
        if (problem is null)
        {
            await suppressions.WriteAsync(suppression, cancellationToken);
        }

        return problem;

        string Of(string field, string value) => fields.Contains(field) ? value : "";
    }
}
