using BenchmarkDotNet.Running;
using Crowsnest.Benchmarks;

if (args is ["classifiers", var history])
{
    await ClassifierStudy.RunAsync(history);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
