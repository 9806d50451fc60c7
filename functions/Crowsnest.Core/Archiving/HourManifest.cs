using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace Crowsnest.Core.Archiving;

/// <summary>
/// What was compacted, and into what: one for an hour of arrival, and a further one when blobs of that hour came later. Each names the hash
/// of the one before it, so that none can be changed or taken out without all later ones showing it.
/// </summary>
/// <param name="Number">Place in the chain, from 1.</param>
/// <param name="Previous">SHA-256 of the one before it, in hex; empty for the first.</param>
/// <param name="Hour">The hour of arrival.</param>
/// <param name="Raw">The blobs that were read.</param>
/// <param name="Quarantined">The blobs that could not be read, with the reason.</param>
/// <param name="Files">The hours of event time that they brought events of.</param>
public sealed record HourManifest(
    int Number,
    string Previous,
    DateTimeOffset Hour,
    IReadOnlyList<RawBlobNote> Raw,
    IReadOnlyDictionary<string, string> Quarantined,
    IReadOnlyList<ArchiveFileNote> Files)
{
    /// <summary>Its path in the archive.</summary>
    public string Path => PathOf(Hour, Number);

    /// <summary>The path of a manifest.</summary>
    public static string PathOf(DateTimeOffset hour, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{ArchivePath.ManifestPrefix}{ArchivePath.Hour(hour)}/{number:0000000000}.json");

    /// <summary>The number in a path; null when it is none of a manifest.</summary>
    public static int? NumberOf(string path) =>
        path.StartsWith(ArchivePath.ManifestPrefix, StringComparison.Ordinal) && path.EndsWith(".json", StringComparison.Ordinal)
        && int.TryParse(path.AsSpan(path.LastIndexOf('/') + 1)[..^5], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number : null;

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static HourManifest Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ManifestJson.Default.HourManifest) ?? throw new InvalidDataException("it is empty");
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException(broken.Message, broken);
        }
    }

    /// <summary>As it is stored.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.HourManifest);

    /// <summary>The hash that the next one names.</summary>
    public static string HashOf(ReadOnlySpan<byte> json) => Convert.ToHexStringLower(SHA256.HashData(json));
}
