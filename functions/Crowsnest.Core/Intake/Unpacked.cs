namespace Crowsnest.Core.Intake;

/// <summary>What gzip held.</summary>
/// <param name="Bytes">The content as far as it could be read.</param>
/// <param name="Fault">Why it is not all of it, or None.</param>
internal readonly record struct Unpacked(byte[] Bytes, QuarantineReason Fault);
