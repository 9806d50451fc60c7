using System.CommandLine;
using Crowsnest.Azure.Investigation;
using Crowsnest.Cli.Investigation;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest investigate who|what|timeline|where|tools|event|sql</c>: questions to the archive.</summary>
internal static class InvestigateCommand
{
    internal static Command Create()
    {
        AskingOptions source = new();
        Option<bool> json = new("--json") { Description = "Print JSON.", Recursive = true };
        Option<bool> csv = new("--csv") { Description = "Print the first table as CSV.", Recursive = true };
        Command command = new("investigate", "Answers questions from the archive: who, what, when, from where and how odd it is.")
        {
            json, csv,
        };
        foreach (Option option in source.Options)
        {
            command.Add(option);
        }

        Asking ask = new(source, json, csv);
        command.Add(Who(ask));
        command.Add(What(ask));
        command.Add(Timeline(ask));
        command.Add(Where(ask));
        command.Add(Tools(ask));
        command.Add(Event(ask));
        command.Add(Sql(ask));
        return command;
    }

    private static Command Who(Asking ask)
    {
        Option<string> resource = Resource("The objects, for example secrets/shop/db.", required: true);
        Option<bool> could = new("--could") { Description = "Add who could, by the roles and bindings that the log shows." };
        Command command = new("who", "Who had access to an object, by which grant, and who used it.") { resource, could };
        return ask.With(command, (parsed, _) =>
            Task.FromResult<Question>(new WhoQuestion(parsed.GetRequiredValue(resource), parsed.GetValue(could))));
    }

    private static Command What(Asking ask)
    {
        Option<string?> user = new("--user") { Description = "A user or service account." };
        Option<string?> address = new("--source") { Description = "A client address or network, for example 10.0.0.0/8." };
        Option<string?> token = new("--token") { Description = "Id of a token (authentication.kubernetes.io/credential-id)." };
        Option<string?> pod = new("--pod") { Description = "A pod whose token was used, with or without its namespace: shop/web-1." };
        Command command = new("what", "What an actor did, by session. All that is named must agree.") { user, address, token, pod };
        command.Validators.Add(result =>
        {
            if (new Option[] { user, address, token, pod }.All(option => result.GetResult(option) is null))
            {
                result.AddError("say whose acts: --user, --source, --token or --pod");
            }
        });
        return ask.With(command, (parsed, _) => Task.FromResult<Question>(new WhatQuestion(new ActorFilter(
            parsed.GetValue(user), parsed.GetValue(address), parsed.GetValue(token), parsed.GetValue(pod)))));
    }

    private static Command Timeline(Asking ask)
    {
        Option<string> target = new("--object") { Description = "The object, for example deployments/shop/cart.", Required = true };
        Command command = new("timeline", "The life of an object: who changed what in it, and what controllers made of it.") { target };
        return ask.With(command, (parsed, _) => Task.FromResult<Question>(new TimelineQuestion(parsed.GetRequiredValue(target))));
    }

    private static Command Where(Asking ask)
    {
        Option<string> incident = new("--incident") { Description = "Id of the incident.", Required = true };
        Option<FileInfo?> incidents = new("--incidents") { Description = "A file of 'detect --incidents'. Default: the deployment's." };
        Option<int> hours = new("--hours")
        {
            Description = "How long after its last detection.",
            DefaultValueFactory = static _ => 24,
        };
        Command command = new("where", "Where an incident went: what its actors touched, and whoever used what they opened.")
        {
            incident, incidents, hours,
        };
        return ask.With(command, async (parsed, cancel) => new WhereQuestion(
            await ask.Source.IncidentAsync(parsed, parsed.GetRequiredValue(incident), parsed.GetValue(incidents), cancel),
            parsed.GetValue(hours)));
    }

    private static Command Tools(Asking ask)
    {
        Option<string?> user = new("--user") { Description = "Only those of a user or service account." };
        Option<string?> resource = Resource("Only those used on these objects.", required: false)!;
        Command command = new("tools", "Which clients were used, by first appearance.") { user, resource };
        return ask.With(command, (parsed, _) =>
            Task.FromResult<Question>(new ToolsQuestion(parsed.GetValue(user), parsed.GetValue(resource))));
    }

    private static Command Event(Asking ask)
    {
        Argument<string> id = new("AUDITID") { Description = "The auditID." };
        Command command = new("event", "The records of a request, and where they lie.") { id };
        return ask.With(command, (parsed, _) => Task.FromResult<Question>(new EventQuestion(parsed.GetRequiredValue(id))));
    }

    private static Command Sql(Asking ask)
    {
        Argument<string> sql = new("QUERY") { Description = "A SELECT in DuckDB's dialect over events, ledger and detections." };
        Option<FileInfo?> detections = new("--detections") { Description = "A file of 'detect --detections'. Default: the deployment's." };
        Command command = new("sql", "Any other question, read-only. docs/archive.md has the columns.") { sql, detections };
        return ask.With(command, (parsed, _) => Task.FromResult<Question>(
            new SqlQuestion(parsed.GetRequiredValue(sql), ask.Source.Detections(parsed, parsed.GetValue(detections)))));
    }

    private static Option<string> Resource(string description, bool required) => new("--resource")
    {
        Description = $"{description} RESOURCE[.GROUP][/NAMESPACE[/NAME]].",
        Required = required,
    };

    private sealed record Asking(AskingOptions Source, Option<bool> Json, Option<bool> Csv)
    {
        internal Command With(Command command, Func<ParseResult, CancellationToken, Task<Question>> question)
        {
            command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
            {
                Report report = await Terminal.WithStatusAsync("Asking the archive", async fetched =>
                {
                    try
                    {
                        Investigator investigator = await Source.OpenAsync(parsed, fetched, cancellationToken);
                        return await investigator.AskAsync(
                            await question(parsed, cancellationToken), Source.Scope(parsed), cancellationToken);
                    }
                    catch (InvestigationException fault)
                    {
                        throw new UsageException(fault.Message, fault);
                    }
                });
                (parsed.GetValue(Json) ? ReportPrinter.Json : parsed.GetValue(Csv) ? ReportPrinter.Csv
                    : (Action<Report>)ReportPrinter.Tables)(report);
                return ExitCodes.Ran;
            }));
            return command;
        }
    }
}
