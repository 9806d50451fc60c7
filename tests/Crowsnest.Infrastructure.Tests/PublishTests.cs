using System.Diagnostics;
using System.Text.Json.Nodes;
using Crowsnest.Testing;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>
/// Builds and publishes a small function app with our trigger attribute and build targets, and with a stub in the place of the host's
/// Event Hubs extension, which not every registry has.
/// </summary>
[Trait("Category", "Slow")]
public sealed class PublishTests : IDisposable
{
    private const string Extension = "Microsoft.Azure.WebJobs.Extensions.EventHubs";

    // Never the version of the real package: the stub stays in the machine's package cache.
    private const string Version = "6.5.2-stub.1";

    private static readonly string Functions = Path.Combine(RepositoryFiles.Root, "functions", "Crowsnest.Functions");

    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-publish-").FullName;

    private string App => Path.Combine(_folder, "app");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Publish_BringsTheHostExtension_BuildDoesWithout()
    {
        await MakeAppAsync();
        await MakePackageAsync(startup: true);

        await RunAsync(0, "build", App);
        string built = Path.Combine(App, "bin", "Debug", "net10.0");
        Assert.True(File.Exists(Path.Combine(built, "functions.metadata")));
        Assert.True(File.Exists(Path.Combine(built, "worker.config.json")));
        Assert.False(File.Exists(Path.Combine(built, "extensions.json")));

        string without = Path.Combine(_folder, "without");
        await RunAsync(0, "publish", App, "-o", without, "-p:HostExtensions=false");
        Assert.True(File.Exists(Path.Combine(without, "functions.metadata")));
        Assert.False(Directory.Exists(Path.Combine(without, ".azurefunctions")));

        string with = Path.Combine(_folder, "with");
        await RunAsync(0, "publish", App, "-o", with);
        Assert.True(File.Exists(Path.Combine(with, ".azurefunctions", $"{Extension}.dll")));
        Assert.Contains($"./.azurefunctions/{Extension}.dll", await ReadAsync(with, "extensions.json"), StringComparison.Ordinal);
        Assert.Contains("\"eventHubTrigger\"", await ReadAsync(with, "functions.metadata"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publish_ExtensionThatTheHostWouldNotFind_IsAnError()
    {
        await MakeAppAsync("6.5.2-stub.2");
        await MakePackageAsync(startup: false, "6.5.2-stub.2");

        string said = await RunAsync(1, "publish", App, "-o", Path.Combine(_folder, "out"));

        Assert.Contains("The package lacks the host's Event Hubs extension", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "linux-x64", "true")]
    [InlineData("-p:HostExtensions=false", "", "")]
    public async Task Publish_ForAzure_IsCompiledAheadForLinux(string option, string runtime, string ahead)
    {
        string said = await RunAsync(
            0, "msbuild", Functions, "-p:_IsPublishing=true", option.Length > 0 ? option : "-p:Configuration=Release",
            "-getProperty:RuntimeIdentifier", "-getProperty:PublishReadyToRun");

        JsonNode properties = JsonNode.Parse(said)!["Properties"]!;
        Assert.Equal(runtime, properties["RuntimeIdentifier"]!.GetValue<string>());
        Assert.Equal(ahead, properties["PublishReadyToRun"]!.GetValue<string>());
    }

    private async Task MakeAppAsync(string version = Version)
    {
        Directory.CreateDirectory(App);
        string[] files =
        [
            "Directory.Build.targets",
            "WithoutHostExtensions.targets",
            "EventHubs/EventHubTriggerAttribute.cs",
            "EventHubs/EventDataConverter.cs",
        ];
        foreach (string file in files)
        {
            string text = await File.ReadAllTextAsync(Path.Combine(Functions, file), TestContext.Current.CancellationToken);
            await WriteAsync("app", Path.GetFileName(file), text.Replace("\"6.5.2\"", $"\"{version}\"", StringComparison.Ordinal));
        }

        // Versions as the product has them.
        await WriteAsync("app", "Directory.Packages.props", await File.ReadAllTextAsync(
            Path.Combine(RepositoryFiles.Root, "Directory.Packages.props"), TestContext.Current.CancellationToken));
        await WriteAsync("app", "App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <AzureFunctionsVersion>v4</AzureFunctionsVersion>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <NuGetAudit>false</NuGetAudit>
                <RestoreAdditionalProjectSources>$(MSBuildProjectDirectory)/../feed</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Azure.Messaging.EventHubs" />
                <PackageReference Include="Microsoft.Azure.Functions.Worker" />
                <PackageReference Include="Microsoft.Azure.Functions.Worker.Sdk" />
              </ItemGroup>
            </Project>
            """);
        await WriteAsync("app", "host.json", """{ "version": "2.0" }""");
        await WriteAsync("app", "Program.cs", """
            using Azure.Messaging.EventHubs;
            using Crowsnest.Functions.EventHubs;
            using Microsoft.Azure.Functions.Worker;
            using Microsoft.Azure.Functions.Worker.Builder;
            using Microsoft.Extensions.Hosting;

            FunctionsApplication.CreateBuilder(args).Build().Run();

            public sealed class Reader
            {
                [Function("Read")]
                [ExponentialBackoffRetry(-1, "00:00:05", "00:05:00")]
                public void Run([EventHubTrigger("hub", Connection = "Hub")] EventData[] events) => _ = events.Length;
            }
            """);
    }

    // What makes an extension one is its startup class.
    private async Task MakePackageAsync(bool startup, string version = Version)
    {
        await WriteAsync("stub", $"{Extension}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>netstandard2.0</TargetFramework>
                <Version>{version}</Version>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Microsoft.Azure.WebJobs" Version="3.0.44" />
              </ItemGroup>
            </Project>
            """);
        await WriteAsync("stub", "Startup.cs", startup
            ? """
              [assembly: Microsoft.Azure.WebJobs.Hosting.WebJobsStartup(typeof(Startup), "EventHubs")]
              public sealed class Startup : Microsoft.Azure.WebJobs.Hosting.IWebJobsStartup
              {
                  public void Configure(Microsoft.Azure.WebJobs.IWebJobsBuilder builder) { }
              }
              """
            : "public sealed class Nothing { }");
        await RunAsync(0, "pack", Path.Combine(_folder, "stub"), "-o", Path.Combine(_folder, "feed"));
    }

    private async Task WriteAsync(string folder, string file, string text)
    {
        Directory.CreateDirectory(Path.Combine(_folder, folder));
        await File.WriteAllTextAsync(Path.Combine(_folder, folder, file), text, TestContext.Current.CancellationToken);
    }

    private static Task<string> ReadAsync(string folder, string file) =>
        File.ReadAllTextAsync(Path.Combine(folder, file), TestContext.Current.CancellationToken);

    private async Task<string> RunAsync(int expected, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [.. arguments, "-nodeReuse:false", "-tl:off"])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Of the build that started the tests nothing must reach this one.
        string[] own =
            [.. start.Environment.Keys.Where(static name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase))];
        foreach (string name in own)
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        string said = await output + await errors;
        Assert.True(process.ExitCode == expected, said);
        return said;
    }
}
