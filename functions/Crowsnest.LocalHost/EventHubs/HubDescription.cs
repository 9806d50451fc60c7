namespace Crowsnest.LocalHost.EventHubs;

/// <summary>What a hub is, once and for all.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">How many partitions it has.</param>
/// <param name="CreatedAt">When its folder was made.</param>
/// <param name="Format">How its files are written; others can't be read.</param>
internal sealed record HubDescription(string Name, int Partitions, DateTime CreatedAt, int Format = HubDescription.CurrentFormat)
{
    internal const int CurrentFormat = 1;
}
