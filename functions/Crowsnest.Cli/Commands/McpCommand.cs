using System.CommandLine;
using Crowsnest.Cli.Investigation;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Cli.Commands;

/// <summary>
/// <c>crowsnest mcp</c>: the questions of investigate as read-only tools for an assistant, over standard input and output.
/// </summary>
internal static class McpCommand
{
    internal static Command Create()
    {
        AskingOptions source = new();
        Option<FileInfo?> log = new("--log")
        {
            Description = "A file that each call is added to, as JSON lines. Standard error has them anyway.",
        };
        Option<FileInfo?> incidents = new("--incidents") { Description = "A file of 'detect --incidents'. Default: the deployment's." };
        Option<FileInfo?> detections = new("--detections") { Description = "A file of 'detect --detections'. Default: the deployment's." };
        Command command = new(
            "mcp",
            "Lets an assistant ask the archive: a server of the Model Context Protocol on standard input and output. "
            + "Answers are read-only, bounded and without credentials.")
        {
            log, incidents, detections,
        };
        foreach (Option option in source.Places)
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(static options =>
                options.LogToStandardErrorThreshold = LogLevel.Trace);
            builder.Services.AddSingleton(
                new McpSession(source, parsed, parsed.GetValue(incidents), parsed.GetValue(detections), parsed.GetValue(log)));
            builder.Services.AddMcpServer(static options =>
            {
                options.ServerInfo = new() { Name = "crowsnest", Version = typeof(McpCommand).Assembly.GetName().Version!.ToString(3) };
                options.ServerInstructions = McpTools.Instructions;
            }).WithStdioServerTransport().WithTools<McpTools>();
            using IHost host = builder.Build();
            await host.RunAsync(cancellationToken);
            return ExitCodes.Ran;
        }));
        return command;
    }
}
