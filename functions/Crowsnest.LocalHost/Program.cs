using System.CommandLine;
using Crowsnest.Core.Alerting;
using Crowsnest.LocalHost;

Option<string[]> replay = new("--replay")
{
    Description = "Files of messages or events, one a line, plain or gzip, to send through the hub.",
    AllowMultipleArgumentsPerToken = true,
};
Option<string?> follow = new("--follow") { Description = "A file that an API server writes, to follow as it grows." };
Option<string[]> run = new("--run") { Description = "Timer function to run once, after the replay, for example RetrainModel." };
Option<int> httpPort = new("--http-port") { Description = "Port of the HTTP functions.", DefaultValueFactory = static _ => 7071 };
Option<int> ingestPort = new("--ingest-port") { Description = "Port that takes messages by POST.", DefaultValueFactory = static _ => 7072 };
Option<int> hubPort = new("--hub-port") { Description = "Port of the local event hub, AMQP.", DefaultValueFactory = static _ => 7073 };
Option<int> partitions = new("--partitions")
{
    Description = "Partitions of the local event hub, 1 to 32.",
    DefaultValueFactory = static _ => 2,
};
Option<string?> data = new("--data")
{
    Description =
        "Folder for storage, hub, mails and logs. Default: a new one under .local/runs; with --follow always .local/follow.",
};
Option<string?> app = new("--app") { Description = "The function app to run. Default: the one built with this program." };
Option<bool> stay = new("--stay") { Description = "Go on running after the replay, until Ctrl+C." };
Option<bool> emulators = new("--emulators")
{
    Description = "Start storage and the event hub only, for other programs, and say how to reach them.",
};
Option<string[]> settings = new("--set")
{
    Description = "App setting NAME=VALUE for the function app, for example Crowsnest__Mail__Host=localhost.",
};
RootCommand root = new(
    "Runs Crowsnest on one machine: starts storage, an event hub and the function app, and plays the Functions host. Without arguments "
    + "it replays the recorded attack in samples/ and shows what was found. AzureWebJobsStorage, when set, is used instead of Azurite, and "
    + "AuditHub, with AUDIT_HUB_NAME, instead of the local event hub.")
{
    replay, follow, run, httpPort, ingestPort, hubPort, partitions, data, app, stay, emulators, settings,
};
root.SetAction(async (parsed, cancellationToken) =>
{
    try
    {
        LocalHostOptions options = OptionsBuilder.Build(
            parsed.GetValue(replay) ?? [],
            parsed.GetValue(follow),
            parsed.GetValue(run) ?? [],
            parsed.GetValue(data),
            parsed.GetValue(app),
            parsed.GetValue(settings) ?? [],
            parsed.GetValue(stay),
            parsed.GetValue(emulators),
            TimeProvider.System) with
        {
            HttpPort = parsed.GetValue(httpPort),
            IngestPort = parsed.GetValue(ingestPort),
            HubPort = parsed.GetValue(hubPort),
            Partitions = Math.Clamp(parsed.GetValue(partitions), 1, 32),
        };
        return await new LocalRun(options, TimeProvider.System, Crowsnest.LocalHost.Reporting.Screen.Say).RunAsync(cancellationToken);
    }
    catch (LocalHostException fault)
    {
        await Console.Error.WriteLineAsync(SafeText.Terminal($"crowsnest: {fault.Message}"));
        return 2;
    }
    catch (OperationCanceledException)
    {
        return 130;
    }
});

// Everything that was started has to be ended, which takes longer than the two seconds that are the default.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
