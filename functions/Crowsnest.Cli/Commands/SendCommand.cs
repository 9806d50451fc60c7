using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Azure.Identity;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Crowsnest.Azure.Hubs;
using Crowsnest.Cli.Sending;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest send FILE… --to HUB</c>.</summary>
internal static class SendCommand
{
    private const int MostRecords = 1_000;

    // A person waits for the answer.
    private static readonly EventHubsRetryOptions Patience = new() { MaximumRetries = 3, TryTimeout = TimeSpan.FromSeconds(20) };

    internal static Command Create()
    {
        Argument<FileInfo[]> files = new("FILE")
        {
            Description = "Audit events, in any form that detect reads.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> to = new("--to")
        {
            Description =
                "The hub: a connection string with its EntityPath, "
                + "or NAMESPACE.servicebus.windows.net/HUB as who you are logged in as.",
            Required = true,
        };
        Option<double?> rate = new("--rate") { Description = "Events a second. Without this and --speed: as fast as it goes." };
        Option<double?> speed = new("--speed") { Description = "At the pace of the recording: 1 as it was, 60 for an hour in a minute." };
        Option<string> cluster = new("--cluster")
        {
            Description = "Name or resource id of the cluster, for events that have no envelope yet.",
            DefaultValueFactory = static _ => "sent",
        };
        Option<int> records = new("--records")
        {
            Description = $"Events in a message, 1 to {MostRecords}.",
            DefaultValueFactory = static _ => 20,
        };
        Command command = new("send", "Sends audit events to an event hub, in messages as AKS sends them.")
        {
            files,
            to,
            rate,
            speed,
            cluster,
            records,
        };
        command.SetAction((parsed, cancellationToken) => ExitCodes.GuardAsync(async () =>
        {
            HubConnection hub = Hub(parsed.GetRequiredValue(to));
            Pace pace = PaceOf(parsed.GetValue(rate), parsed.GetValue(speed));
            int perMessage = parsed.GetValue(records) is >= 1 and <= MostRecords and var count
                ? count : throw new UsageException($"--records takes 1 to {MostRecords}");
            await using HubSender sender = new(hub.CreateProducer(new EventHubProducerClientOptions { RetryOptions = Patience }));
            AksEnvelope envelope = new(AksEnvelope.ResourceId(parsed.GetRequiredValue(cluster)));
            EventSender events = new(sender, envelope, pace, perMessage, TimeProvider.System);
            return await SendAsync(parsed.GetRequiredValue(files), hub, sender, events, cancellationToken);
        }));
        return command;
    }

    private static async Task<int> SendAsync(
        FileInfo[] files, HubConnection hub, HubSender sender, EventSender events, CancellationToken cancellationToken)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            await new InputReader("sent").ReadAsync(
                files, $"Sending to {hub.Hub}", (batch, _) => events.TakeAsync(batch, cancellationToken), cancellationToken);
            await events.FlushAsync(cancellationToken);
        }
        catch (Exception fault) when (fault is EventHubsException or AuthenticationFailedException)
        {
            throw new UsageException(
                $"{hub.Hub} of {hub.FullyQualifiedNamespace} does not take the events after {Terminal.Number(sender.Sent)} messages: "
                + $"{fault.Message.Split('\n')[0]}",
                fault);
        }
        catch (OperationCanceledException)
        {
            Terminal.Say($"Stopped after {Terminal.Number(sender.Sent)} messages");
            throw;
        }

        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        string leftOut = events.LeftOut == 0 ? "" : $"; {Terminal.Number(events.LeftOut)} records could not be read and were left out";
        Terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"Sent {events.Taken:N0} records in {sender.Sent:N0} messages "
            + $"to {hub.Hub} in {seconds:0.0} s ({events.Taken / Math.Max(seconds, 0.001):N0} a second){leftOut}"));
        return ExitCodes.Ran;
    }

    private static HubConnection Hub(string text)
    {
        try
        {
            return HubConnection.Parse(text);
        }
        catch (Exception unusable) when (unusable is FormatException or ArgumentException)
        {
            throw new UsageException($"--to can't be used: {unusable.Message}", unusable);
        }
    }

    private static Pace PaceOf(double? rate, double? speed) =>
        rate is not null && speed is not null ? throw new UsageException("give --rate or --speed, not both")
        : rate <= 0 || speed <= 0 ? throw new UsageException("--rate and --speed take numbers above 0")
        : new Pace(rate, speed, TimeProvider.System);
}
