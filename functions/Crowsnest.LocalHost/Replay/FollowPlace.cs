using System.Globalization;

namespace Crowsnest.LocalHost.Replay;

/// <summary>
/// A place in a log that is written on and rotated. It names no file: the file it is in is the one with this content before it,
/// whatever that file is called by now, and whether it has been renamed, copied or compressed.
/// </summary>
/// <param name="Offset">Bytes before the place, in the file as it was before compression. 0: before everything.</param>
/// <param name="Head">The start of the file. It stays what it was when the first lines of the file were accepted.</param>
/// <param name="Tail">The bytes right before the place.</param>
/// <param name="Written">When the file was last written, as seen from here; null where compression has blurred that. What was
/// written afterwards is in files that are not older.</param>
internal sealed record FollowPlace(long Offset, Fingerprint Head, Fingerprint Tail, DateTime? Written)
{
    private const string Version = "1";
    private const char Separator = '.';

    internal static FollowPlace Beginning { get; } = new(0, Fingerprint.None, Fingerprint.None, null);

    /// <summary>The place in about a hundred characters, which messages can carry.</summary>
    public override string ToString() =>
        Offset == 0
            ? $"{Version}{Separator}0"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{Version}.{Offset}.{Head.Length}.{Head.Hash}.{Tail.Length}.{Tail.Hash}.{Written?.Ticks ?? 0}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    /// <returns>Null for anything else.</returns>
    internal static FollowPlace? Parse(string? text)
    {
        string[] parts = text?.Split(Separator) ?? [];
        if (parts is [Version, "0"])
        {
            return Beginning;
        }

        return parts is [Version, var offset, var headLength, var headHash, var tailLength, var tailHash, var written]
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes)
            && Fingerprint.Parse(headLength, headHash) is { } head
            && Fingerprint.Parse(tailLength, tailHash) is { } tail
            && long.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out long ticks)
            && head.Length <= bytes
            && tail.Length == Math.Min(bytes, Fingerprint.Longest)
            && ticks <= DateTime.MaxValue.Ticks
            ? new FollowPlace(bytes, head, tail, ticks == 0 ? null : new DateTime(ticks, DateTimeKind.Utc))
            : null;
    }

    /// <summary>
    /// The further one of the place that was stored and the one confirmed elsewhere. In different files it is the confirmed one,
    /// as a place is stored only after what is before it has been accepted.
    /// </summary>
    internal static FollowPlace? Furthest(FollowPlace? stored, FollowPlace? confirmed) =>
        stored is not null && (confirmed is null || (confirmed.Head == stored.Head && confirmed.Offset < stored.Offset))
            ? stored
            : confirmed;
}
