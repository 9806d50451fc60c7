using BenchmarkDotNet.Running;
using Crowsnest.Benchmarks;

if (args is ["classifiers", var history])
{
    await ClassifierStudy.RunAsync(history);
    return;
}

if (args is ["correlate"])
{
    await CorrelationStudy.RunAsync(CancellationToken.None);
    return;
}

if (args is ["hosts", var file, .. var hosts])
{
    await HostStudy.RunAsync(file, hosts, CancellationToken.None);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(CorrelationStudy).Assembly).Run(args);
