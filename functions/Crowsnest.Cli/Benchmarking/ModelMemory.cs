using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Cli.Benchmarking;

/// <summary>Measures what the models of many clusters take, as the function app holds them.</summary>
internal static class ModelMemory
{
    /// <summary>Bytes that so many models take, each read on its own and with a judge.</summary>
    internal static long Of(byte[] artefact, RuleSet rules, int clusters)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        List<Judge> judges = [];
        for (int i = 0; i < clusters; i++)
        {
            judges.Add(new Judge(rules, ModelFile.Read(artefact), Judge.DefaultFalseAlertsPerDay));
        }

        long after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(judges);
        return after - before;
    }
}
