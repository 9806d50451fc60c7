namespace Crowsnest.LocalHost.Replay;

/// <summary>Opens logs, and finds the one that a place is in.</summary>
internal sealed class LogSearch(LogLimits limits, Notices notices)
{
    /// <summary>Polls for which a file that can't be read is tried again: ten seconds.</summary>
    internal const int Patience = 40;

    /// <returns>Null when there is no such file, or it can't be opened for now, which is said.</returns>
    internal async Task<LogFile?> OpenAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            LogFile file = new(path, await LogContent.OpenAsync(path, cancellationToken), limits);
            notices.Forget(path);
            return file;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            notices.Say(path, $"{path} can't be read, and is tried again: {fault.Message}");
            return null;
        }
    }

    /// <returns>The file, at the place; null when the place is not in it.</returns>
    internal async Task<LogFile?> OpenAtAsync(string path, FollowPlace place, CancellationToken cancellationToken)
    {
        LogFile? file = await OpenAsync(path, cancellationToken);
        if (file is null || await file.GoToAsync(place, cancellationToken))
        {
            return file;
        }

        Tell(file);
        file.Dispose();
        return null;
    }

    /// <summary>Says when a file that is not compressed could be opened and not read: that its disk is broken, as a rule.</summary>
    internal void Tell(LogFile? file)
    {
        if (file is { Fault: { } fault, IsCompressed: false })
        {
            notices.Say(file.Path + " content", $"{file.Path} can't be read, and is tried again: {fault}");
        }
    }

    /// <summary>Finds the file that a place is in among those beside the log, the newest first.</summary>
    /// <returns>Without a file: whether it is certain that there is none, which it is not while one can't be read.</returns>
    internal async Task<(LogFile? File, RotatedFile? Rotated, bool IsCertain)> FindAsync(
        RotatedSet rotated,
        FollowPlace place,
        CancellationToken cancellationToken)
    {
        bool isCertain = true;
        foreach (RotatedFile candidate in rotated.Files.Reverse())
        {
            LogFile? file = await OpenAsync(candidate.Path, cancellationToken);
            if (file is not null && await file.GoToAsync(place, cancellationToken))
            {
                return (file, candidate, true);
            }

            isCertain &= file is { Fault: null } || candidate.Quiet >= Patience;
            file?.Dispose();
        }

        return (null, null, isCertain);
    }

    /// <summary>
    /// The place before a log: the end of what was rotated last. A log that is rotated before anything of it has been accepted is
    /// then found after it, like any other.
    /// </summary>
    internal async Task<FollowPlace> BeforeAsync(string log, RotatedSet rotated, CancellationToken cancellationToken)
    {
        foreach (RotatedFile candidate in rotated.Files.Where(static file => file.Name is not null).Reverse())
        {
            using LogFile? file = await OpenAsync(candidate.Path, cancellationToken);
            if (file is null || !await file.GoToEndAsync(cancellationToken))
            {
                continue;
            }

            // A copy of the log that is just being made is not before it.
            using LogFile? copied = await OpenAtAsync(log, file.Place, cancellationToken);
            if (copied is null)
            {
                return file.Place;
            }
        }

        return FollowPlace.Beginning;
    }
}
