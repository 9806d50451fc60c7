using Crowsnest.Learning.Contrast;

namespace Crowsnest.Learning;

/// <summary>How a model is trained.</summary>
public sealed record TrainingOptions
{
    /// <summary>Seed of the events that are made up and of the fits: the same input and seed give the same artefact.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Key of the name hashes. Give every deployment its own.</summary>
    public byte[] HashKey { get; init; } = "crowsnest-default-profile-key-v1"u8.ToArray();

    /// <summary>
    /// Days on which something must be seen before it counts as normal, once there are days to compare: an attacker who went
    /// unnoticed for an afternoon must not be normal the next morning.
    /// </summary>
    public int ProbationDays { get; init; } = 2;

    /// <summary>
    /// The same for credentials, shells and grants of power: more than half a week, so that a routine passes and a long weekend
    /// does not.
    /// </summary>
    public int SensitiveProbationDays { get; init; } = 4;

    /// <summary>How many events of each kind, exchanged ones and attacks, are made up for the contrast.</summary>
    public int ContrastEvents { get; init; } = 30_000;

    /// <summary>Actions that attackers are known for.</summary>
    public IReadOnlyList<SensitiveAction> SensitiveActions { get; init; } = SensitiveAction.All;

    /// <summary>Fewer distinct hours than this teach nothing about what is usual.</summary>
    public int FewestHours { get; init; } = 12;
}
