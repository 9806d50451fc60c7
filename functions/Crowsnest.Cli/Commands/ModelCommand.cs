using System.CommandLine;
using System.Globalization;
using Azure;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Intake;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest model list|diff|rollback</c>: the models that a deployment has trained.</summary>
internal static class ModelCommand
{
    internal static Command Create()
    {
        Option<string?> storage = StorageSource.Option();
        Option<string> cluster = new("--cluster")
        {
            Description = "The cluster whose models are meant. Default: those of the fleet, which judge clusters without one.",
            DefaultValueFactory = static _ => "",
            Recursive = true,
        };
        return new Command("model", "Shows and changes which trained model judges.")
        {
            storage, cluster, List(storage, cluster), Diff(storage, cluster), Rollback(storage, cluster),
        };
    }

    private static Command List(Option<string?> storage, Option<string> cluster)
    {
        Command command = new("list", "Lists the models that are kept; * is in use.");
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            ModelStore store = Open(parsed.GetValue(storage), parsed.GetRequiredValue(cluster));
            string? used = (await store.CurrentAsync(cancellationToken))?.Pointer is { } pointer
                ? pointer.Artefact : null;
            IReadOnlyList<ModelCard> cards = await store.ListAsync(cancellationToken);
            if (cards.Count == 0)
            {
                Terminal.Say("no model has been trained yet; the one that ships judges");
            }

            foreach (ModelCard card in cards)
            {
                string gates = card.Gates.Count == 0 ? "nothing to compare with" : string.Join(", ", card.Gates.Select(static gate =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{gate.Name} {gate.New:0.##} ({gate.Current:0.##} before{(gate.Passed ? "" : ", worse")})")));
                string drift = card.Drift is { } ratio
                    ? string.Create(CultureInfo.InvariantCulture, $"; its predecessor drifted {ratio:0.0}x") : "";
                Terminal.Print(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(card.Artefact == used ? "*" : " ")} {card.Version}  "
                    + $"trained {card.Trained:yyyy-MM-dd HH:mm} on {card.From:yyyy-MM-dd}..{card.To:yyyy-MM-dd}, "
                    + $"{card.Events:N0} requests of {card.Principals} principals; "
                    + $"{(card.Accepted ? "accepted" : "refused")}: {gates}{drift}"));
            }

            return ExitCodes.Ran;
        }));
        return command;
    }

    private static Command Diff(Option<string?> storage, Option<string> cluster)
    {
        Argument<string?> from = new("FROM") { Description = "Version. Default: the one before TO.", Arity = ArgumentArity.ZeroOrOne };
        Argument<string?> to = new("TO") { Description = "Version. Default: the one in use.", Arity = ArgumentArity.ZeroOrOne };
        Command command = new("diff", "Says what became usual between two models.") { from, to };
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            ModelStore store = Open(parsed.GetValue(storage), parsed.GetRequiredValue(cluster));
            IReadOnlyList<ModelCard> cards = await store.ListAsync(cancellationToken);
            ModelCard last = parsed.GetValue(to) is { } version ? Find(cards, version) : await UsedAsync(store, cards, cancellationToken);
            ModelCard first = Find(cards, parsed.GetValue(from) ?? last.Previous
                ?? throw new UsageException($"{last.Version} is the first model; there is nothing to compare it with"));
            List<string> accepted =
            [
                .. cards.Where(card => card.Trained > first.Trained && card.Trained <= last.Trained && (card.Accepted || card == last))
                    .SelectMany(static card => card.NewlyAccepted).Distinct().Order(StringComparer.Ordinal),
            ];
            Terminal.Print($"from {first.Version} to {last.Version}, newly accepted: {accepted.Count}");
            foreach (string line in accepted)
            {
                Terminal.Print($"  {line}");
            }

            return ExitCodes.Ran;
        }));
        return command;
    }

    private static Command Rollback(Option<string?> storage, Option<string> cluster)
    {
        Argument<string?> to = new("VERSION") { Description = "Default: the one before that in use.", Arity = ArgumentArity.ZeroOrOne };
        Option<bool> latest = new("--latest") { Description = "Go back to the newest accepted model, and let trainings replace it again." };
        Command command = new("rollback", "Puts an earlier model to use, and keeps trainings from replacing it.") { to, latest };
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            ModelStore store = Open(parsed.GetValue(storage), parsed.GetRequiredValue(cluster));
            IReadOnlyList<ModelCard> cards = await store.ListAsync(cancellationToken);
            bool isLatest = parsed.GetValue(latest);
            (ModelPointer Pointer, ETag ETag)? current = await store.CurrentAsync(cancellationToken);
            ModelCard card = isLatest
                ? cards.LastOrDefault(static card => card.Accepted) ?? throw new UsageException("no model has been accepted yet")
                : Find(cards, parsed.GetValue(to) ?? (await UsedAsync(store, cards, cancellationToken)).Previous
                    ?? throw new UsageException("the model in use is the first one; there is none to go back to"));
            if (!await store.UseAsync(card, pinned: !isLatest, current?.ETag, cancellationToken, current?.Pointer.IsOfFleet ?? true))
            {
                throw new UsageException("a training moved the pointer in this very moment; look at 'model list' and try again");
            }

            Terminal.Say(isLatest
                ? $"model {card.Version} is in use; trainings replace it again"
                : $"model {card.Version} is in use until 'model rollback --latest'; it is loaded within a minute");
            return ExitCodes.Ran;
        }));
        return command;
    }

    private static ModelStore Open(string? storage, string cluster) =>
        new(StorageSource.Open(storage), TimeProvider.System, cluster.Length == 0 ? "" : ClusterName.Sanitize(cluster));

    private static async Task<ModelCard> UsedAsync(ModelStore store, IReadOnlyList<ModelCard> cards, CancellationToken cancellationToken) =>
        (await store.CurrentAsync(cancellationToken))?.Pointer is { } pointer
            ? Find(cards, pointer.Version)
            : throw new UsageException("no model has been published yet; the one that ships judges");

    private static ModelCard Find(IReadOnlyList<ModelCard> cards, string version) =>
        cards.LastOrDefault(card => card.Version == version) ?? throw new UsageException(
            $"there is no model {version}; kept are: {string.Join(", ", cards.Select(static card => card.Version))}");
}
