using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Crowsnest.LocalHost.Processes;
using Crowsnest.LocalHost.Tests.EndToEnd;

namespace Crowsnest.LocalHost.Tests.Processes;

/// <summary>The program itself, started as a user starts it.</summary>
public sealed class LocalHostProcessTests(LocalStackFixture fixture)
{
    private static readonly string Program = Path.Combine(Built.LocalHostFolder, "Crowsnest.LocalHost");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Kill_LocalHost_LeavesNoChildBehind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        Assert.NotNull(fixture.Stack.Emulators.Azurite);
        int[] ports = AzuriteProcess.FreePorts(2);
        string data = Directory.CreateTempSubdirectory("crowsnest-kill-").FullName;
        using Process host = Start(null, "--stay", "--data", data, "--http-port", $"{ports[0]}", "--ingest-port", $"{ports[1]}");
        await WaitForLineAsync(host, "Running");
        List<int> children = ChildrenOf(host.Id);
        Assert.True(children.Count >= 2, $"{children.Count} children: storage and the app were expected");

        host.Kill(entireProcessTree: false);

        long started = Stopwatch.GetTimestamp();
        while (children.Exists(static child => Directory.Exists($"/proc/{child}") && !IsZombie(child)))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20), "a child is still alive");
            await Task.Delay(100, Cancellation);
        }
    }

    [Fact]
    public async Task Start_PortInUse_NamesThePortAndTheOption()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        using Process host = Start(null, "--stay", "--http-port", $"{port}");

        string said = await host.StandardError.ReadToEndAsync(Cancellation);
        await host.WaitForExitAsync(Cancellation);

        Assert.Equal(2, host.ExitCode);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"port {port} is in use"), said, StringComparison.Ordinal);
        Assert.Contains("--http-port", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithoutNode_SaysWhatToInstall()
    {
        int[] ports = AzuriteProcess.FreePorts(2);
        string data = Directory.CreateTempSubdirectory("crowsnest-nonode-").FullName;
        using Process host = Start(data, "--stay", "--data", data, "--http-port", $"{ports[0]}", "--ingest-port", $"{ports[1]}");

        string said = await host.StandardError.ReadToEndAsync(Cancellation);
        await host.WaitForExitAsync(Cancellation);

        Assert.Equal(2, host.ExitCode);
        Assert.Contains("Node.js was not found", said, StringComparison.Ordinal);
        Assert.Contains("https://nodejs.org", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_UnknownFile_SaysSo()
    {
        using Process host = Start(null, "--replay", "/nowhere/x.jsonl");

        string said = await host.StandardError.ReadToEndAsync(Cancellation);
        await host.WaitForExitAsync(Cancellation);

        Assert.Equal(2, host.ExitCode);
        Assert.Contains("there is no file /nowhere/x.jsonl", said, StringComparison.Ordinal);
    }

    private static Process Start(string? path, params string[] arguments)
    {
        ProcessStartInfo start = new(Program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        };
        start.Environment.Remove("AzureWebJobsStorage");
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(
            "../../..", System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory());
        if (path is not null)
        {
            start.Environment["PATH"] = path;
        }

        return Process.Start(start)!;
    }

    private static async Task WaitForLineAsync(Process process, string beginning)
    {
        while (await process.StandardOutput.ReadLineAsync(Cancellation) is { } line)
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"the local host ended: {await process.StandardError.ReadToEndAsync(Cancellation)}");
    }

    private static List<int> ChildrenOf(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(static name => int.TryParse(name, out _))
            .Select(static name => int.Parse(name!, CultureInfo.InvariantCulture)).Where(id => ParentOf(id) == parent),
    ];

    private static int ParentOf(int id) => Stat(id) is { Length: > 1 } fields ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;

    private static bool IsZombie(int id) => Stat(id) is ["Z", ..];

    // After the program's name, which stands in parentheses: state, parent, … (proc(5)).
    private static string[] Stat(int id)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{id}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
