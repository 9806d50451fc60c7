namespace Crowsnest.Cli.Benchmarking;

/// <summary>One measured stage.</summary>
/// <param name="Name">What was done.</param>
/// <param name="EventsPerSecond">Of the best pass.</param>
/// <param name="AllocatedPerEvent">Bytes.</param>
/// <param name="Collections">Garbage collections of all generations in the best pass.</param>
internal sealed record Stage(string Name, double EventsPerSecond, double AllocatedPerEvent, int Collections);
