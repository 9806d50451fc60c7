namespace Crowsnest.LocalHost.Replay;

/// <summary>A file beside the log that may hold what was rotated out of it.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Length">Its bytes, as they are.</param>
/// <param name="Written">When it was last written.</param>
/// <param name="Name">What its name tells; null for a name that rotation does not give.</param>
internal sealed record RotatedFile(string Path, long Length, DateTime Written, RotatedName? Name)
{
    /// <summary>For how many polls it has been like this.</summary>
    internal int Quiet { get; init; }

    /// <summary>True while it lies there compressed as well, so that one of the two is just being made.</summary>
    internal bool IsTwice { get; init; }

    internal bool IsCompressed => Path.EndsWith(RotatedName.Compressed, StringComparison.Ordinal);

    /// <summary>Its path before it was compressed.</summary>
    internal string PlainPath => IsCompressed ? Path[..^RotatedName.Compressed.Length] : Path;

    /// <summary>True when this is the same file, unchanged.</summary>
    internal bool IsSame(RotatedFile? other) =>
        other is not null && other.Path == Path && other.Length == Length && other.Written == Written;
}
