using Crowsnest.Core.Archiving;

namespace Crowsnest.Azure.Compaction;

/// <summary>A cluster's hour of event time that is read from the archive.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Hour">The hour.</param>
/// <param name="Number">How many were read before it.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Rows">Its events, each once, in order of time; to be read once, before the next hour is asked for.</param>
public sealed record ArchivedHour(string Cluster, DateTimeOffset Hour, int Number, int Total, IEnumerable<EventRow> Rows);
