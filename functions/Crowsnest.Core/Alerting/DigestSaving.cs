namespace Crowsnest.Core.Alerting;

/// <summary>What a feed could do without.</summary>
/// <param name="What">What it is.</param>
/// <param name="Share">Its share of the bytes, 0 to 1.</param>
/// <param name="Remark">How to leave it out, and at what price.</param>
public sealed record DigestSaving(string What, double Share, string Remark);
