namespace Crowsnest.Functions;

/// <summary>
/// Ends the app when standard input ends, if told to: a local host that is killed can't end its children, but its end
/// of the pipe closes.
/// </summary>
internal sealed class ParentWatch(IConfiguration configuration, IHostApplicationLifetime lifetime) : BackgroundService
{
    internal const string Setting = "CROWSNEST_END_WITH_INPUT";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!configuration.GetValue(Setting, false))
        {
            return;
        }

        await using Stream input = Console.OpenStandardInput();
        byte[] buffer = new byte[256];
        while (await input.ReadAsync(buffer, CancellationToken.None).AsTask().WaitAsync(stoppingToken) > 0)
        {
            // Nothing is said on it; only its end counts.
        }

        lifetime.StopApplication();
    }
}
