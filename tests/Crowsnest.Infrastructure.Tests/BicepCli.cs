using System.Diagnostics;
using System.Reflection;
using Crowsnest.Testing;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>The Bicep command line, offline.</summary>
internal static class BicepCli
{
    internal static readonly string Folder = Path.Combine(RepositoryFiles.Root, "infra-bicep");

    private static readonly string Bicep = Prepare();

    internal static Task<(int Code, string Output)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    internal static async Task<(int Code, string Output)> RunAsync(Dictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new(Bicep, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }

    // NuGet unpacks the tool without the right to run it.
    private static string Prepare()
    {
        string tools = typeof(BicepCli).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "BicepTools").Value!;
        string source = Directory.EnumerateFiles(tools, "bicep*").First(static file => Path.GetExtension(file) is "" or ".exe");
        string copy = Path.Combine(AppContext.BaseDirectory, Path.GetFileName(source));
        if (!File.Exists(copy) || new FileInfo(copy).Length != new FileInfo(source).Length)
        {
            File.Copy(source, copy, overwrite: true);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return copy;
    }
}
