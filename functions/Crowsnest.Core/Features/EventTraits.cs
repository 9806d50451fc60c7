using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Features;

/// <summary>What the model sees of one event. Reused from event to event on the hot path.</summary>
public sealed class EventTraits
{
    public static readonly int TermCount = Enum.GetValues<TraitName>().Length;

    /// <summary>Sensitivity, write, scope, system namespace, pod risk, RBAC power, anonymous allowed, denied.</summary>
    public const int NumberCount = 8;

    /// <summary>One term per <see cref="TraitName"/>.</summary>
    public Term[] Terms { get; } = new Term[TermCount];

    /// <summary>The numeric features, each about 0 to 5.</summary>
    public float[] Numbers { get; } = new float[NumberCount];

    /// <summary>How much power the action touches, 0 to 1.</summary>
    public float Sensitivity => Numbers[0];

    /// <summary>The identity that profiles are kept for; kubelets share one.</summary>
    public string Principal { get; set; } = "";

    /// <summary>Who an alert would be about: see <see cref="Audit.Actor"/>.</summary>
    public string Actor { get; set; } = "";

    public PrincipalClass PrincipalClass { get; set; }

    /// <summary>Hash of the principal's class.</summary>
    public ulong Peers { get; set; }

    /// <summary>True for 401 and 403: it was tried, not done.</summary>
    public bool IsDenied { get; set; }

    /// <summary>Event time.</summary>
    public DateTimeOffset Time { get; set; }

    public EventTraits Copy()
    {
        EventTraits copy = new()
        {
            Principal = Principal,
            Actor = Actor,
            PrincipalClass = PrincipalClass,
            Peers = Peers,
            IsDenied = IsDenied,
            Time = Time,
        };
        Terms.CopyTo(copy.Terms, 0);
        Numbers.CopyTo(copy.Numbers, 0);
        return copy;
    }
}
