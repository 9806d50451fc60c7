namespace Crowsnest.LocalHost.Replay;

/// <summary>The files beside a log at one moment.</summary>
/// <param name="Log">The log.</param>
/// <param name="Files">Oldest first; before them those whose names rotation does not give.</param>
internal sealed record RotatedSet(string Log, IReadOnlyList<RotatedFile> Files)
{
    /// <summary>
    /// Polls after which the file that was rotated last, and does not grow, is finished: a second. Its writer should have left it
    /// before, as the log has content again.
    /// </summary>
    internal const int Settled = 4;

    internal RotatedFile? Find(RotatedFile? file) => Files.FirstOrDefault(other => other.IsSame(file));

    /// <summary>The oldest file with content that came after another.</summary>
    /// <param name="file">The other; null when it is not here. Then time tells.</param>
    /// <param name="place">The place in the other.</param>
    /// <param name="skipped">Files to leave out.</param>
    /// <returns>Null when there is nothing newer.</returns>
    internal NextLog? After(
        RotatedFile? file,
        FollowPlace place,
        IReadOnlyCollection<RotatedFile> skipped)
    {
        IEnumerable<RotatedFile> named = Files.Where(static other => other.Name is not null);
        IEnumerable<RotatedFile> newer = file switch
        {
            null => named.Where(other => !(other.Written < place.Written)),
            { Name: null } => named.Where(other => other.Written > file.Written),
            _ => named.SkipWhile(other => !other.IsSame(file)).Skip(1),
        };
        if (newer.FirstOrDefault(other => other.Length > 0 && !skipped.Any(other.IsSame)) is { } next)
        {
            return new NextLog(next.Path, next);
        }

        FileInfo log = new(Log);
        return log.Exists && log.Length > 0 ? new NextLog(Log, null) : null;
    }

    /// <summary>True when nothing is written to a file any more.</summary>
    internal bool IsFinished(RotatedFile file) =>
        file.Quiet >= Settled || (file.Name is not null && !file.IsTwice && file != Files[^1]);
}
