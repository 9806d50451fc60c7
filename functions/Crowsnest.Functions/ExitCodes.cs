namespace Crowsnest.Functions;

/// <summary>Exit codes that the Functions host understands.</summary>
internal static class ExitCodes
{
    /// <summary>Asks for a new worker, and does not count as a crash.</summary>
    internal const int StartAgain = 200;
}
