namespace Crowsnest.Cli;

/// <summary>Exit codes of the commands.</summary>
internal static class ExitCodes
{
    internal const int Ran = 0;
    internal const int BelowGate = 1;
    internal const int Faults = 1;
    internal const int UnusableInput = 2;

    /// <summary>Runs a command's work; unusable input becomes one clear line and exit code 2.</summary>
    internal static async Task<int> GuardAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception fault) when (fault is UsageException or IOException or UnauthorizedAccessException
            or InvalidDataException or Learning.TrainingException)
        {
            Terminal.Say($"crowsnest: {fault.Message}");
            return UnusableInput;
        }
    }
}
