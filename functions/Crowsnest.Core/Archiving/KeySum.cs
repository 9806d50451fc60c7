using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Archiving;

/// <summary>
/// Counts events and sums up their keys: the same for the same set of events in whatever order, and another when one is missing or one
/// is there twice. It finds accidents; against forgery the files' SHA-256 stand in the manifests.
/// </summary>
/// <param name="Rows">How many.</param>
/// <param name="Sum">Sum of the hashes of request key and stage, modulo 2^64.</param>
public readonly record struct KeySum(long Rows, ulong Sum)
{
    /// <summary>With one more event.</summary>
    public KeySum With(in RequestKey key, AuditStage stage)
    {
        ulong hash = Spread(key.AuditId ^ Spread((ulong)key.Received) ^ Spread(Spread(key.Asked) + (ulong)stage));
        return new(Rows + 1, unchecked(Sum + hash));
    }

    // The finaliser of SplitMix64.
    private static ulong Spread(ulong hash)
    {
        hash = unchecked((hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9);
        hash = unchecked((hash ^ (hash >> 27)) * 0x94D049BB133111EB);
        return hash ^ (hash >> 31);
    }
}
