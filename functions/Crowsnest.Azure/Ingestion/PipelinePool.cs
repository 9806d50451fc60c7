using System.Collections.Concurrent;
using Crowsnest.Core;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Ingestion;

/// <summary>Lends pipelines, which are not thread-safe and dear to build. A new model or rule set makes new ones.</summary>
public sealed class PipelinePool
{
    private readonly ConcurrentBag<(AnomalyModel? Model, RuleSet Rules, AuditPipeline Pipeline)> _idle = [];
    private readonly CrowsnestOptions _options;
    private readonly ClientAddressResolver _addresses;

    public PipelinePool(IOptions<CrowsnestOptions> options)
    {
        _options = options.Value;
        _addresses = new ClientAddressResolver(_options.ProxyNetworks.Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    /// <summary>Takes a pipeline with the given model and rules. Give it back when done with it.</summary>
    public AuditPipeline Take(AnomalyModel? model, RuleSet rules)
    {
        while (_idle.TryTake(out (AnomalyModel? Model, RuleSet Rules, AuditPipeline Pipeline) idle))
        {
            if (ReferenceEquals(idle.Model, model) && ReferenceEquals(idle.Rules, rules))
            {
                return idle.Pipeline;
            }
        }

        return new AuditPipeline(
            new MessageReader(new AuditEventParser(_addresses), ClusterName.Sanitize(_options.DefaultCluster)),
            new Judge(rules, model, _options.FalseAlertsPerDay, _options.LowestSeverity));
    }

    public void Return(AnomalyModel? model, RuleSet rules, AuditPipeline pipeline) => _idle.Add((model, rules, pipeline));
}
