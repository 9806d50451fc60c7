namespace Crowsnest.Core.Features;

/// <summary>One value of one trait with its three contexts, as keyed hashes: names are not stored in a model.</summary>
/// <param name="Principal">Context: this principal.</param>
/// <param name="Peer">Context: all principals of its class.</param>
/// <param name="Fleet">Context: everyone.</param>
/// <param name="Value">The value; 0 when the event has none.</param>
public readonly record struct Term(ulong Principal, ulong Peer, ulong Fleet, ulong Value)
{
    public bool IsPresent => Value != 0;
}
