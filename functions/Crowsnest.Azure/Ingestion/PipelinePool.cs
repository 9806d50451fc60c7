using System.Collections.Concurrent;
using Crowsnest.Azure.Files;
using Crowsnest.Core;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Ingestion;

/// <summary>Lends pipelines, which are not thread-safe and dear to build. A new model makes new ones.</summary>
public sealed class PipelinePool
{
    private readonly ConcurrentBag<(AnomalyModel? Model, AuditPipeline Pipeline)> _idle = [];
    private readonly CrowsnestOptions _options;
    private readonly ClientAddressResolver _addresses;
    private readonly RuleSet _rules;

    public PipelinePool(IOptions<CrowsnestOptions> options, ILogger<PipelinePool> log)
    {
        _options = options.Value;
        _addresses = new ClientAddressResolver(_options.ProxyNetworks.Split(
            ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        _rules = RuleSet.Load(RuleFiles.Read(Path.Combine(AppContext.BaseDirectory, _options.RulesFolder)));
        foreach (RuleError error in _rules.Errors)
        {
            Log.RuleLeftOut(log, error.File, error.Line, error.Message);
        }

        Log.RulesLoaded(log, _rules.Rules.Count);
    }

    /// <summary>Takes a pipeline with the given model. Give it back when done with it.</summary>
    public AuditPipeline Take(AnomalyModel? model)
    {
        while (_idle.TryTake(out (AnomalyModel? Model, AuditPipeline Pipeline) idle))
        {
            if (ReferenceEquals(idle.Model, model))
            {
                return idle.Pipeline;
            }
        }

        return new AuditPipeline(
            new MessageReader(new AuditEventParser(_addresses), ClusterName.Sanitize(_options.DefaultCluster)),
            new Judge(_rules, model, _options.FalseAlertsPerDay));
    }

    public void Return(AnomalyModel? model, AuditPipeline pipeline) => _idle.Add((model, pipeline));
}
