namespace Crowsnest.Core.Features;

/// <summary>One value of one trait with its three contexts, as keyed hashes: names are not stored in a model.</summary>
/// <param name="Principal">Context: this principal.</param>
/// <param name="Peer">Context: all principals of its class.</param>
/// <param name="Fleet">Context: everyone.</param>
/// <param name="Value">The value; 0 when the event has none.</param>
public readonly record struct Term(ulong Principal, ulong Peer, ulong Fleet, ulong Value)
{
    /// <summary>The same value of the same trait, had somebody else been the one.</summary>
    /// <param name="trait">The trait that the term is of.</param>
    /// <param name="who">Hash of the principal.</param>
    /// <param name="peers">Hash of its class.</param>
    public Term Of(TraitName trait, ulong who, ulong peers)
    {
        ulong peer = TraitHasher.Join(Fleet, peers);

        // Two traits are about the class as a whole: their first context is the class.
        bool isOfPeers = trait is TraitName.ActionOfPeers or TraitName.Principal;
        return new Term(isOfPeers ? peer : TraitHasher.Join(Fleet, who), peer, Fleet, Value);
    }

    // Any odd number will do: the contexts are keyed hashes already.
    private const ulong DeniedMark = 0x64656E6965643031;

    public bool IsPresent => Value != 0;

    /// <summary>The same value in the context of the class alone.</summary>
    public Term OfPeers => this with { Principal = Peer };

    /// <summary>
    /// The same value in contexts of its own, which count denials only: who is often denied something is not odd when denied
    /// it again, and yet has never done it.
    /// </summary>
    public Term Denied => new(
        TraitHasher.Join(Principal, DeniedMark),
        TraitHasher.Join(Peer, DeniedMark),
        TraitHasher.Join(Fleet, DeniedMark),
        Value);
}
