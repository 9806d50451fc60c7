using Crowsnest.LocalHost.Configuration;

namespace Crowsnest.LocalHost.Tests.Configuration;

/// <summary>The publish folder is what <c>func start</c> and a zip deployment expect.</summary>
public sealed class FunctionAppLayoutTests
{
    private static readonly HostFile Host = HostFile.Read(Built.App);
    private static readonly IReadOnlyList<FunctionFile> Functions = FunctionFile.ReadAll(Built.App);

    [Fact]
    public void PublishFolder_Handler_IsWhereHostJsonSaysAndCanRun()
    {
        Assert.True(File.Exists(Host.Executable) || File.Exists(Host.Executable + ".exe"), Host.Executable);
        Assert.StartsWith(Path.GetFullPath(Built.App), Host.Executable, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Host.WorkingDirectory));
        if (!OperatingSystem.IsWindows())
        {
            Assert.True(File.GetUnixFileMode(Host.Executable).HasFlag(UnixFileMode.UserExecute));
        }
    }

    [Theory]
    [InlineData("IngestAuditEvents", "eventHubTrigger")]
    [InlineData("SendAlert", "queueTrigger")]
    [InlineData("RetrainModel", "timerTrigger")]
    [InlineData("ReceiveAuditWebhook", "httpTrigger")]
    [InlineData("Investigate", "httpTrigger")]
    public void PublishFolder_EveryFunction_HasItsTrigger(string name, string trigger) =>
        Assert.Equal(trigger, Functions.Single(function => function.Name == name).TriggerType);

    [Fact]
    public void Ingestion_IsBatchedBinaryAndRetried()
    {
        FunctionFile ingestion = Functions.Single(static function => function.Name == "IngestAuditEvents");

        Assert.Equal("many", ingestion.Text("cardinality"));
        Assert.Equal("binary", ingestion.Text("dataType"));
        Assert.True(ingestion.Retry.MaxRetries > 0);
    }

    [Fact]
    public void HostJson_ForwardsHttpAndReadsPlainQueueMessages()
    {
        string json = File.ReadAllText(Path.Combine(Built.App, "host.json"));

        Assert.Contains("\"enableForwardingHttpRequest\": true", json, StringComparison.Ordinal);
        Assert.Contains("\"messageEncoding\": \"none\"", json, StringComparison.Ordinal);
        Assert.True(Host.FunctionTimeout <= TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void PublishFolder_HasRulesAndAModel()
    {
        Assert.True(Directory.EnumerateFiles(Path.Combine(Host.WorkingDirectory, "rules"), "*.yml").Count() >= 10);
        Assert.True(File.Exists(Path.Combine(Host.WorkingDirectory, "ml-models", "fleet.model")));
    }

    [Fact]
    public void Read_FolderWithoutHostJson_SaysSo()
    {
        string empty = Directory.CreateTempSubdirectory("crowsnest-app-").FullName;

        LocalHostException fault = Assert.Throws<LocalHostException>(() => HostFile.Read(empty));

        Assert.Contains("has no host.json", fault.Message, StringComparison.Ordinal);
    }
}
