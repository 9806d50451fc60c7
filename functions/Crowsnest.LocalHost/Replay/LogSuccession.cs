namespace Crowsnest.LocalHost.Replay;

/// <summary>Tells when a file is finished, and goes on to the one after it.</summary>
internal sealed class LogSuccession(string path, LogSearch search, RotatedFiles files, Notices notices)
{
    private readonly List<RotatedFile> _skipped = [];

    internal NextLog? After(RotatedFile? file, FollowPlace place, RotatedSet all) => all.After(file, place, _skipped);

    /// <summary>True when nothing is written to a file any more, and all that can be read of it has been.</summary>
    internal bool IsFinished(LogFile file, RotatedFile? rotated, RotatedSet all)
    {
        if (rotated is null || file.Fault is not { } fault)
        {
            return file.IsCompressed || (rotated is null ? file.Idle >= RotatedSet.Settled : all.IsFinished(rotated));
        }

        if (rotated.Quiet < LogSearch.Patience)
        {
            return false;
        }

        notices.Say(
            $"{rotated.Path} {rotated.Written.Ticks}",
            $"{rotated.Path} can't be read to its end, so lines may be missing: {fault}");
        return true;
    }

    /// <summary>Opens the next file and reads from its start.</summary>
    /// <param name="next">The file.</param>
    /// <param name="after">The one at whose end the place is; null when it is not known.</param>
    /// <param name="place">The place.</param>
    /// <param name="all">What was there when the next file was chosen.</param>
    /// <param name="poll">Number of the poll.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>No file when there is nothing to hand over yet, or it is not the next one any more.</returns>
    internal async Task<(LogFile? File, LogBatch? Batch, bool IsSkipped)> OpenAsync(
        NextLog next,
        RotatedFile? after,
        FollowPlace place,
        RotatedSet all,
        long poll,
        CancellationToken cancellationToken)
    {
        LogFile? file = await search.OpenAsync(next.Path, cancellationToken);
        bool isOpen = false;
        try
        {
            LogBatch? batch = file is null ? null : await file.ReadAsync(toTheEnd: false, cancellationToken);
            if (batch is null && next.Rotated is { } rotated && IsGivenUpOrFinished(file, rotated, all))
            {
                // A file that is just a start of the log is a copy in the making.
                batch = file is null ? null : await file.ReadAsync(toTheEnd: true, cancellationToken);
                if (batch is null || await IsStartOfLogAsync(file!.After(batch), cancellationToken))
                {
                    _skipped.Add(rotated);
                    return (null, null, true);
                }
            }

            search.Tell(file);
            isOpen = file is not null && batch is not null
                && await file.IsStillAsync(file.After(batch), cancellationToken)
                && IsStillNext(next, after, place, files.List(poll));
            return isOpen ? (file, batch, false) : (null, null, false);
        }
        finally
        {
            if (!isOpen)
            {
                file?.Dispose();
            }
        }
    }

    private bool IsGivenUpOrFinished(LogFile? file, RotatedFile rotated, RotatedSet all) =>
        file is null ? rotated.Quiet >= LogSearch.Patience : IsFinished(file, rotated, all);

    private async Task<bool> IsStartOfLogAsync(FollowPlace end, CancellationToken cancellationToken)
    {
        using LogFile? log = await search.OpenAtAsync(path, end, cancellationToken);
        return log is not null;
    }

    // Rotation may have renamed files since they were listed, and put others where they were.
    private bool IsStillNext(NextLog next, RotatedFile? after, FollowPlace place, RotatedSet now)
    {
        RotatedFile? stillThere = now.Find(after);
        return (after is null || stillThere is not null)
            && After(stillThere, place, now) is { } still
            && still.Path == next.Path
            && (next.Rotated is null || after is not null || next.Rotated.IsSame(still.Rotated));
    }
}
