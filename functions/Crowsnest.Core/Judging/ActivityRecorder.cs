using System.Text;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Judging;

/// <summary>Writes into an activity log what correlations count. Not thread-safe: one per worker.</summary>
internal sealed class ActivityRecorder(RuleSet rules)
{
    private readonly Dictionary<string, Field> _fields = new(StringComparer.Ordinal);
    private readonly List<string> _values = [];

    /// <summary>Counts an event for every correlation that a rule which matches it is part of.</summary>
    internal void Record(EventView view, SigmaRule rule, Evidence evidence, ActivityLog log)
    {
        foreach (CorrelationRule correlation in rules.ObserversOf(rule))
        {
            Record(view, rule, correlation, evidence, log);
        }
    }

    private void Record(EventView view, SigmaRule rule, CorrelationRule correlation, Evidence evidence, ActivityLog log)
    {
        AuditEvent audit = view.Event;
        _values.Clear();
        foreach (string field in correlation.FieldsOfRule[rule.Reference.Id])
        {
            _values.Add(Value(view, field));
        }

        // An event that lacks a field belongs to no group.
        if (_values.Contains(""))
        {
            return;
        }

        string counted = correlation.Type == CorrelationType.ValueCount ? Value(view, correlation.CountedField) : "";
        if (counted.Length == 0 && correlation.Type == CorrelationType.ValueCount)
        {
            return;
        }

        long minute = audit.Time.UtcTicks / TimeSpan.TicksPerMinute;
        ActivityKey key = new(
            audit.Cluster, correlation.Reference.Id, rule.Reference.Id, string.Join(ActivityKey.Separator, _values));
        ActivityCell cell = log.Cell(key, minute - (minute % correlation.SlotMinutes));
        cell.Add(
            audit.Time,
            counted.Length > 0 ? Hash(counted) : RequestOf(audit),
            Hash(NetworkPrefix.Of(audit.ClientAddress)),
            Name(audit.Principal));
        if (cell.WantsExample(audit.Time))
        {
            cell.Add(new ActivityExample(
                audit.Time,
                LongName.Bound(audit.AuditId),
                Name(audit.Principal),
                LongName.Bound(audit.ClientAddress),
                FourAnswers.Clean(audit.UserAgent),
                FourAnswers.What(view),
                FourAnswers.OnWhat(audit),
                evidence));
        }
    }

    private string Value(EventView view, string name)
    {
        if (!_fields.TryGetValue(name, out Field? field))
        {
            _fields.Add(name, field = FieldCatalogue.Find(name)!);
        }

        // Of several values the first stands for all.
        string value = "";
        field.Any(view, found => (value = found.Text ?? "").Length > 0);
        return Name(value).Replace(ActivityKey.Separator, ' ');
    }

    private static string Name(string text) => LongName.Bound(Redactor.RedactName(text));

    private static ulong RequestOf(AuditEvent audit)
    {
        RequestKey request = RequestKey.Of(audit);
        return DistinctSketch.Spread(request.AuditId ^ DistinctSketch.Spread(
            (ulong)request.Received ^ DistinctSketch.Spread(request.Asked)));
    }

    private static ulong Hash(string text) => DistinctSketch.Spread(SpanHash.Of64(Encoding.UTF8.GetBytes(text)));
}
