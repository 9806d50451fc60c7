namespace Crowsnest.Core.Intake;

/// <summary>How many records of each kind one message holds for one cluster. It follows from the message alone.</summary>
/// <param name="Audit">Audit events, repeated ones included.</param>
/// <param name="WithoutIdParsed">Those of them that were read whole and have no auditID to tell a repetition by.</param>
/// <param name="WithoutIdSalvaged">Those of them that were cut and have no auditID.</param>
/// <param name="OtherCategory">Records of other categories.</param>
/// <param name="Quarantined">Records that could not be read.</param>
internal readonly record struct MessageTally(
    int Audit,
    int WithoutIdParsed,
    int WithoutIdSalvaged,
    int OtherCategory,
    int Quarantined)
{
    internal MessageTally With(in IntakeRecord record) => record.Outcome switch
    {
        IntakeOutcome.OtherCategory => this with { OtherCategory = OtherCategory + 1 },
        IntakeOutcome.Quarantined => this with { Quarantined = Quarantined + 1 },
        IntakeOutcome.Parsed when !record.Event!.HasAuditId =>
            this with { Audit = Audit + 1, WithoutIdParsed = WithoutIdParsed + 1 },
        IntakeOutcome.Salvaged when !record.Event!.HasAuditId =>
            this with { Audit = Audit + 1, WithoutIdSalvaged = WithoutIdSalvaged + 1 },
        _ => this with { Audit = Audit + 1 },
    };
}
