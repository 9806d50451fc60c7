using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Ingestion;

/// <summary>
/// Lends readers and judges, which are not thread-safe and dear to build. A new rule set makes new judges; those of a model go with it.
/// </summary>
public sealed class PipelinePool
{
    private readonly ConcurrentBag<MessageReader> _readers = [];
    private readonly ConditionalWeakTable<object, ConcurrentBag<(RuleSet Rules, Judge Judge)>> _judges = [];
    private readonly object _withoutModel = new();
    private readonly CrowsnestOptions _options;
    private readonly ClientAddressResolver _addresses;

    public PipelinePool(IOptions<CrowsnestOptions> options)
    {
        _options = options.Value;
        _addresses = new ClientAddressResolver(_options.ProxyNetworks.Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>Takes a reader. Give it back when done with it.</summary>
    public MessageReader TakeReader() => _readers.TryTake(out MessageReader? idle) ? idle
        : new MessageReader(new AuditEventParser(_addresses), ClusterName.Sanitize(_options.DefaultCluster));

    public void Return(MessageReader reader) => _readers.Add(reader);

    /// <summary>Takes a judge with the given model and rules. Give it back when done with it.</summary>
    public Judge TakeJudge(AnomalyModel? model, RuleSet rules)
    {
        while (IdleOf(model).TryTake(out (RuleSet Rules, Judge Judge) idle))
        {
            if (ReferenceEquals(idle.Rules, rules))
            {
                return idle.Judge;
            }
        }

        return new Judge(rules, model, _options.FalseAlertsPerDay, _options.LowestSeverity);
    }

    public void Return(AnomalyModel? model, RuleSet rules, Judge judge) => IdleOf(model).Add((rules, judge));

    private ConcurrentBag<(RuleSet Rules, Judge Judge)> IdleOf(AnomalyModel? model) =>
        _judges.GetValue(model ?? _withoutModel, static _ => []);
}
