using System.Globalization;

namespace Crowsnest.LocalHost.Worker;

/// <summary>
/// Says what comes after the end of a worker, as the real host does: one that crashed is started again after a pause, but not after the
/// third crash in half an hour; exit code 200 asks for a new one and is no crash; after exit code 0 there is no other.
/// </summary>
internal sealed class RestartPolicy(TimeProvider clock)
{
    private const int MostCrashes = 3;
    private const int StartAgain = 200;

    private static readonly TimeSpan CrashesCountFor = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private readonly List<DateTimeOffset> _crashes = [];

    /// <summary>How long to wait before the next start.</summary>
    internal TimeSpan Pause => _crashes.Count == 0 ? TimeSpan.Zero : FirstPause * Math.Pow(2, _crashes.Count - 1);

    /// <summary>Takes note of an end.</summary>
    /// <param name="exitCode">The worker's exit code.</param>
    /// <param name="wasTakenDown">True when the host itself ended it.</param>
    /// <returns>Why there is no other, or null when there is to be one.</returns>
    internal string? Ended(int exitCode, bool wasTakenDown) =>
        wasTakenDown || exitCode == StartAgain ? null
        : exitCode == 0 ? "the function app ended itself with exit code 0, after which the real host starts no other"
        : Crashed();

    /// <summary>Takes note of a crash, or of a start that failed.</summary>
    /// <returns>Why there is no other, or null when there is to be one.</returns>
    internal string? Crashed()
    {
        DateTimeOffset now = clock.GetUtcNow();
        _crashes.RemoveAll(crash => now - crash > CrashesCountFor);
        _crashes.Add(now);
        return _crashes.Count < MostCrashes ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"the function app crashed {_crashes.Count} times within {CrashesCountFor.TotalMinutes:0} minutes");
    }
}
