namespace Crowsnest.Core.Archiving;

/// <summary>Where a batch stands in the hub; what archive names are made of.</summary>
/// <param name="Partition">The partition's id.</param>
/// <param name="First">First sequence number.</param>
/// <param name="Last">Last sequence number.</param>
/// <param name="Arrived">When the hub took the first message, UTC.</param>
public sealed record BatchPosition(string Partition, long First, long Last, DateTimeOffset Arrived);
