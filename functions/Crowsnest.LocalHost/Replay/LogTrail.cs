namespace Crowsnest.LocalHost.Replay;

/// <summary>
/// The way from a place in a log to its end: the rest of the file that the place is in, whatever it is called by now, then every
/// file that came after it, then the log itself.
/// </summary>
/// <param name="path">The log.</param>
/// <param name="search">Opens files.</param>
/// <param name="files">Lists the files that the log was rotated to.</param>
/// <param name="notices">Takes what whoever runs this should know.</param>
/// <param name="accept">Hands over lines and keeps the place after them. Until it returns, the place is the one before them.</param>
internal sealed class LogTrail(
    string path,
    LogSearch search,
    RotatedFiles files,
    Notices notices,
    Func<LogBatch, FollowPlace, CancellationToken, Task> accept) : IDisposable
{
    private readonly LogSuccession _succession = new(path, search, files, notices);

    // The file that the place is in: held open, it can be read to its end even when it has been removed.
    private LogFile? _held;

    // The rotated file at whose end the place is, if it is at one.
    private RotatedFile? _end;
    private int _misses;
    private long _poll;

    internal required FollowPlace Place { get; set; }

    public void Dispose() => _held?.Dispose();

    /// <summary>Reads what there is.</summary>
    internal async Task PollAsync(CancellationToken cancellationToken)
    {
        _poll++;
        while (await AdvanceAsync(cancellationToken))
        {
        }
    }

    /// <returns>True when it went on to another file, which has not been read to its end yet.</returns>
    private async Task<bool> AdvanceAsync(CancellationToken cancellationToken)
    {
        if (Place.Offset > 0 && await search.OpenAtAsync(path, Place, cancellationToken) is { } log)
        {
            Hold(log);
            await ReadAsync(log, toTheEnd: false, cancellationToken);
            return false;
        }

        RotatedSet rotated = files.List(_poll);
        if (await LocateAsync(rotated, cancellationToken) is not { } at
            || (at.File is not null && !await ReadAsync(at.File, toTheEnd: false, cancellationToken)))
        {
            return false;
        }

        // While there is no next file with content, the writer may still be at this one.
        NextLog? next = _succession.After(at.Rotated, Place, rotated);
        if (at.File is { } file && (next is not null || file.IsCompressed || at.Rotated?.Quiet >= LogSearch.Patience))
        {
            if (!_succession.IsFinished(file, at.Rotated, rotated) || !await ReadAsync(file, toTheEnd: true, cancellationToken))
            {
                return false;
            }

            _end = at.Rotated;
        }

        if (next is null)
        {
            return false;
        }

        if (at == (null, null) && Place.Offset > 0)
        {
            notices.Say(
                Place.ToString(),
                $"{path}: the file that was read up to byte {Place.Offset} is neither there nor beside it, so lines may be "
                + $"missing; going on with {next.Path}");
        }

        return await BeginAsync(next, at.Rotated, rotated, cancellationToken);
    }

    /// <returns>Null while it can't be told. Without a file: its end, or before the first file, or nowhere.</returns>
    private async Task<(LogFile? File, RotatedFile? Rotated)?> LocateAsync(
        RotatedSet rotated,
        CancellationToken cancellationToken)
    {
        if (Place.Offset == 0)
        {
            return (null, null);
        }

        if (rotated.Find(_end) is { } known)
        {
            return (null, known);
        }

        (LogFile? file, RotatedFile? found, bool isCertain) = await search.FindAsync(rotated, Place, cancellationToken);
        if (file is not null)
        {
            Hold(file);
            return (file, found);
        }

        if (_held is { IsCompressed: false } && await _held.GoToAsync(Place, cancellationToken))
        {
            return (_held, null);
        }

        // A file that is just being renamed can escape a look.
        if (++_misses < RotatedSet.Settled || !isCertain)
        {
            return null;
        }

        Hold(null);
        return (null, null);
    }

    private async Task<bool> BeginAsync(
        NextLog next,
        RotatedFile? after,
        RotatedSet all,
        CancellationToken cancellationToken)
    {
        (LogFile? file, LogBatch? batch, bool isSkipped) =
            await _succession.OpenAsync(next, after, Place, all, _poll, cancellationToken);
        if (file is null || batch is null)
        {
            return isSkipped;
        }

        try
        {
            await AcceptAsync(file, batch, file.After(batch), cancellationToken);
            Hold(file);
            return true;
        }
        finally
        {
            if (_held != file)
            {
                file.Dispose();
            }
        }
    }

    /// <returns>False when the file is no longer what it was; what was read last has been dropped then.</returns>
    private async Task<bool> ReadAsync(LogFile file, bool toTheEnd, CancellationToken cancellationToken)
    {
        while (await file.ReadAsync(toTheEnd, cancellationToken) is { } batch)
        {
            FollowPlace place = file.After(batch);
            if (!await file.IsStillAsync(place, cancellationToken))
            {
                return false;
            }

            await AcceptAsync(file, batch, place, cancellationToken);
        }

        search.Tell(file);
        return true;
    }

    private async Task AcceptAsync(LogFile file, LogBatch batch, FollowPlace place, CancellationToken cancellationToken)
    {
        await accept(batch, place, cancellationToken);
        file.Accept(batch, place);
        Place = place;
        (_end, _misses) = (null, 0);
    }

    private void Hold(LogFile? file)
    {
        if (_held == file)
        {
            return;
        }

        _held?.Dispose();
        (_held, _misses) = (file, file is null ? _misses : 0);
    }
}
