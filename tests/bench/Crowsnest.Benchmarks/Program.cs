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

if (args is ["operations", var intake])
{
    await OperationsStudy.RunAsync(intake, CancellationToken.None);
    return;
}

if (args is ["compaction", var archived, .. var how])
{
    int copies = how is [var count, ..] ? int.Parse(count, System.Globalization.CultureInfo.InvariantCulture) : 1;
    await CompactionStudy.RunAsync(archived, copies, how.Contains("one-hour"), how.Contains("train"), CancellationToken.None);
    return;
}

if (args is ["archive", var recorded, var folder, var days, var times])
{
    IFormatProvider plain = System.Globalization.CultureInfo.InvariantCulture;
    DateTimeOffset first = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);
    await new QuestionArchive(recorded, folder).MakeAsync(first, int.Parse(days, plain), int.Parse(times, plain), CancellationToken.None);
    return;
}

if (args is ["training", var aggregates, .. var making])
{
    await TrainingStudy.RunAsync(aggregates, making, CancellationToken.None);
    return;
}

if (args is ["fleet", var fleet, var accounts, var traffic, .. var pace])
{
    IFormatProvider digits = System.Globalization.CultureInfo.InvariantCulture;
    await FleetStudy.RunAsync(
        int.Parse(fleet, digits), int.Parse(accounts, digits), int.Parse(traffic, digits), pace is [var rate] ? int.Parse(rate, digits) : 0,
        CancellationToken.None);
    return;
}

if (args is ["console", var listed, .. var asked])
{
    await ConsoleStudy.RunAsync(
        int.Parse(listed, System.Globalization.CultureInfo.InvariantCulture), asked is [var place] ? place : null, CancellationToken.None);
    return;
}

if (args is ["webhook", var posts, var together])
{
    IFormatProvider number = System.Globalization.CultureInfo.InvariantCulture;
    await WebhookStudy.RunAsync(int.Parse(posts, number), int.Parse(together, number), CancellationToken.None);
    return;
}

if (args is ["hosts", var file, .. var hosts])
{
    await HostStudy.RunAsync(file, hosts, CancellationToken.None);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(CorrelationStudy).Assembly).Run(args);
