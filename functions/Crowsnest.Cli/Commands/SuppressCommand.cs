using System.CommandLine;
using System.Globalization;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest suppress list|add|remove</c>: reasons not to alert.</summary>
internal static class SuppressCommand
{
    private const int MostDays = 365;

    internal static Command Create()
    {
        Option<string?> storage = StorageSource.Option();
        return new Command("suppress", "Records reasons not to alert, each with an end. What they hide is kept and counted in the digest.")
        {
            storage, List(storage), Add(storage), Remove(storage),
        };
    }

    private static Command List(Option<string?> storage)
    {
        Command command = new("list", "Lists the suppressions, those that have ended too.");
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            SuppressionTable table = new(StorageSource.Open(parsed.GetValue(storage)));
            IReadOnlyList<Suppression> all = await table.ReadAllAsync(cancellationToken);
            foreach (Suppression one in all)
            {
                Terminal.Print(Line(one, TimeProvider.System.GetUtcNow()));
            }

            Terminal.Say(all.Count == 0 ? "there are no suppressions" : $"{all.Count} suppressions");
            return ExitCodes.Ran;
        }));
        return command;
    }

    private static Command Add(Option<string?> storage)
    {
        Option<string> cluster = new("--cluster") { Description = "The cluster, or * for all.", Required = true };
        Option<string> rule = new("--rule") { Description = "Id of a rule, or anomaly-model." };
        Option<string> principal = new("--principal") { Description = "The principal; * stands for any text." };
        Option<string> source = new("--source") { Description = "Client address or network, for example 10.0.0.0/8." };
        Option<string> target = new("--target")
        {
            Description = "On what, as alerts say it, for example 'pods/exec web-* in shop'; * stands for any text.",
        };
        Option<int> days = new("--days") { Description = $"For how long, 1 to {MostDays}.", DefaultValueFactory = static _ => 7 };
        Option<string> reason = new("--reason") { Description = "Why.", Required = true };
        Option<string> author = new("--author") { Description = "Who says so.", Required = true };
        Command command = new("add", "Hides detections on which all named fields agree, until it ends.")
        {
            cluster, rule, principal, source, target, days, reason, author,
        };
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            int length = parsed.GetValue(days);
            Suppression suppression = new()
            {
                Cluster = parsed.GetValue(cluster)!,
                Rule = parsed.GetValue(rule) ?? "",
                Principal = parsed.GetValue(principal) ?? "",
                Source = parsed.GetValue(source) ?? "",
                Target = parsed.GetValue(target) ?? "",
                Reason = parsed.GetValue(reason)!,
                Author = parsed.GetValue(author)!,
                Created = now,
                Until = length is > 0 and <= MostDays ? now.AddDays(length) : throw new UsageException($"--days takes 1 to {MostDays}"),
            };
            if (suppression.Problem() is { } problem)
            {
                throw new UsageException(problem);
            }

            await new SuppressionTable(StorageSource.Open(parsed.GetValue(storage))).WriteAsync(suppression, cancellationToken);
            Terminal.Print(Line(suppression, now));
            return ExitCodes.Ran;
        }));
        return command;
    }

    private static Command Remove(Option<string?> storage)
    {
        Argument<string> id = new("ID") { Description = "Id of the suppression." };
        Command command = new("remove", "Takes a suppression back.") { id };
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            string wanted = parsed.GetValue(id)!;
            Terminal.Say(await new SuppressionTable(StorageSource.Open(parsed.GetValue(storage))).RemoveAsync(wanted, cancellationToken)
                ? $"{wanted} is taken back; what it hid alerts again when its incident goes on"
                : throw new UsageException($"there is no suppression {wanted}; see 'suppress list'"));
            return ExitCodes.Ran;
        }));
        return command;
    }

    private static string Line(Suppression one, DateTimeOffset now)
    {
        (string Name, string Value)[] all =
            [("rule", one.Rule), ("principal", one.Principal), ("source", one.Source), ("target", one.Target)];
        IEnumerable<string> fields = all
            .Where(static field => field.Value.Length > 0).Select(static field => $"{field.Name} {SafeText.OneLine(field.Value)}");
        string end = one.Until < now ? "ended" : "until";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{one.Id}  {one.Cluster}  {end} {one.Until.UtcDateTime:yyyy-MM-dd HH:mm}  "
            + $"{string.Join(", ", fields)}  ({SafeText.OneLine(one.Author)}: {SafeText.OneLine(one.Reason)})");
    }
}
