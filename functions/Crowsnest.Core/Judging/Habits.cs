using Crowsnest.Core.Activity;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Judging;

/// <summary>
/// Which findings are work: a principal gives them again and again, or two of those who hold the same grant do. Such a finding is
/// a level lower and testifies to nothing, but is made, kept and shown as any other.
/// </summary>
internal static class Habits
{
    // Twice may be chance. Of the days on which somebody was there, since people have weekends and shifts, and a third of them,
    // since few do everything they do on most days.
    internal const int FewestDays = 3;
    private const double ShareOfDays = 1.0 / 3;

    // Each of them has the habit, so that nobody makes one for others.
    private const int FewestOfTeam = 2;

    private const char Separator = '\n';
    private const string ToGroup = " to Group \"";

    /// <summary>
    /// False for whoever did not authenticate, who is not one principal, and for kubelets, which are many and do the same.
    /// </summary>
    internal static bool Has(PrincipalClass principal) => principal is not (PrincipalClass.Anonymous or PrincipalClass.Node);

    /// <summary>True for a finding that may become a habit: nothing excuses a critical one.</summary>
    internal static bool CanBe(SigmaRule rule) => rule.Severity is Severity.Low or Severity.Medium or Severity.High;

    /// <summary>
    /// The grant to a group that allowed the request, or null: those who hold it are colleagues. Groups of the system are no team,
    /// since everybody is in one.
    /// </summary>
    internal static string? TeamOf(AuditEvent audit)
    {
        string grant = audit.PrincipalClass == PrincipalClass.Human ? FourAnswers.AllowedBy(audit) : "";
        int group = grant.IndexOf(ToGroup, StringComparison.Ordinal);
        return group < 0 || grant.AsSpan(group + ToGroup.Length).StartsWith("system:", StringComparison.Ordinal) ? null : grant;
    }

    /// <summary>The name that a colleague's days are counted under.</summary>
    internal static string MemberOf(string team, string principal) => team + Separator + principal;

    /// <summary>The findings that are habits.</summary>
    /// <param name="days">By finding, and principal or member of a team, the days; by no finding those on which one was there.</param>
    /// <param name="all">How many days there were, for those of whom is not known when they were there.</param>
    internal static IEnumerable<(string Rule, string Who)> Of(
        IReadOnlyDictionary<(string Rule, string Who), HashSet<int>> days, int all)
    {
        List<(string Rule, string Who)> habits = [.. days.Where(IsHabit).Select(static finding => finding.Key)];
        return habits.Concat(habits.Where(static habit => habit.Who.Contains(Separator, StringComparison.Ordinal))
            .GroupBy(static habit => (habit.Rule, Who: habit.Who[..habit.Who.IndexOf(Separator, StringComparison.Ordinal)]))
            .Where(static team => team.Count() >= FewestOfTeam)
            .Select(static team => team.Key));

        bool IsHabit(KeyValuePair<(string Rule, string Who), HashSet<int>> finding)
        {
            string who = finding.Key.Who[(finding.Key.Who.IndexOf(Separator, StringComparison.Ordinal) + 1)..];
            int there = days.TryGetValue(("", who), out HashSet<int>? present) ? present.Count : all;
            return finding.Key.Rule.Length > 0 && finding.Value.Count >= Math.Max(FewestDays, there * ShareOfDays);
        }
    }

    /// <summary>Why the finding says less of this principal than of another, or null.</summary>
    internal static Reason? Reason(ActivityHistory? history, SigmaRule rule, AuditEvent audit)
    {
        if (history is null || !CanBe(rule) || !Has(audit.PrincipalClass))
        {
            return null;
        }

        return history.IsHabit(rule.Reference.Id, audit.Principal)
            ? new Reason(Detections.Reason.Habit, "this principal gives the finding again and again: a level lower", 0)
            : TeamOf(audit) is { } team && history.IsHabit(rule.Reference.Id, team)
                ? new Reason(Detections.Reason.Habit, "colleagues with the same grant give the finding again and again: a level lower", 0)
                : null;
    }
}
