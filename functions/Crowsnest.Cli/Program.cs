using System.CommandLine;
using Crowsnest.Cli;
using Crowsnest.Cli.Commands;

Terminal.Guard();
RootCommand root = new("Finds attacks in Kubernetes audit logs.")
{
    DetectCommand.Create(),
    TrainCommand.Create(),
    EvaluateCommand.Create(),
    CurveCommand.Create(),
    SendCommand.Create(),
    BenchCommand.Create(),
    RulesCommand.Create(),
    ModelCommand.Create(),
    SuppressCommand.Create(),
    ArchiveCommand.Create(),
    PolicyCommand.Create(),
    RbacCommand.Create(),
    InvestigateCommand.Create(),
    McpCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
