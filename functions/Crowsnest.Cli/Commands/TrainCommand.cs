using System.CommandLine;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest train FILE… --out M</c>.</summary>
internal static class TrainCommand
{
    internal static Command Create()
    {
        Argument<FileInfo[]> files = new("FILE") { Description = "Audit events to learn from.", Arity = ArgumentArity.OneOrMore };
        Option<FileInfo> output = new("--out") { Description = "Where to write the model.", Required = true };
        Option<DirectoryInfo?> rules = RulesCommand.Folder();
        Command command = new("train", "Trains a model of what is normal in a cluster.") { files, output, rules };
        command.SetAction((parsed, cancellationToken) => ExitCodes.GuardAsync(async () =>
        {
            AnomalyModel model = await ModelSource.TrainAsync(
                parsed.GetRequiredValue(files), new TrainingOptions(), RuleSource.Load(parsed.GetValue(rules)), cancellationToken);
            byte[] artefact = ModelFile.Write(model);
            await File.WriteAllBytesAsync(parsed.GetRequiredValue(output).FullName, artefact, cancellationToken);
            Terminal.Say($"wrote {parsed.GetRequiredValue(output).FullName} ({Terminal.Number(artefact.Length)} bytes)");
            return ExitCodes.Ran;
        }));
        return command;
    }
}
