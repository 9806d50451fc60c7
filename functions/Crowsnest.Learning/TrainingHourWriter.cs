using System.IO.Compression;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Learning;

/// <summary>
/// Makes the training aggregate of one cluster's hour: the distinct traits of its requests, and what correlations count. Beside it goes
/// which request counts to which row: it is read only where some requests gave rise to an alert, and must not become normal.
/// Not thread-safe.
/// </summary>
public sealed class TrainingHourWriter : IDisposable
{
    private readonly TrainingSet _set;
    private readonly Dictionary<TrainingRow, int> _numbers = new(ReferenceEqualityComparer.Instance);
    private readonly RequestListWriter _requests;

    /// <summary>Begins an hour.</summary>
    /// <param name="hashKey">Key of the hashes in the profile.</param>
    /// <param name="rules">The rules whose correlations want to know what is usual.</param>
    /// <param name="requests">Receives which request counts to which row.</param>
    public TrainingHourWriter(byte[] hashKey, RuleSet rules, Stream requests)
    {
        _set = new TrainingSet(hashKey, rules);
        _requests = new RequestListWriter(requests);
    }

    /// <summary>Takes in a request.</summary>
    /// <param name="audit">The first of its events that is learnable; requests come in order of time.</param>
    public void Add(AuditEvent audit)
    {
        TrainingRow row = _set.AddNew(audit, alerted: false);
        row.Requests++;
        if (!_numbers.TryGetValue(row, out int number))
        {
            _numbers.Add(row, number = _numbers.Count);
        }

        _requests.Add(RequestIds.Hash(audit.AuditId), number, audit.Time.UtcTicks);
    }

    /// <summary>Ends the hour.</summary>
    /// <param name="aggregate">Receives the aggregate.</param>
    public void End(Stream aggregate)
    {
        _requests.End();
        using BrotliStream packed = new(aggregate, CompressionLevel.Optimal, leaveOpen: true);
        using BinaryWriter writer = new(packed);
        _set.Write(writer);
    }

    public void Dispose() => _requests.Dispose();
}
