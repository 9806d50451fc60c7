using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Infrastructure.Tests;

/// <summary>What docs/any-kubernetes.md tells people to write can be read, and what comes of it is taken in.</summary>
public sealed partial class AnyKubernetesTests
{
    private const string Route = "/api/webhook/";

    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "any-kubernetes.md"));

    [Fact]
    public void Document_EveryYaml_IsYamlAndPostsToOurRoute()
    {
        YamlMappingNode[] all = [.. Blocks("yaml").Select(Load)];

        Assert.Equal(["Config", "Policy", "", "ClusterConfiguration", "ClusterLogForwarder"], all.Select(static one => Value(one, "kind")));
        Assert.Contains(Route, all[0]["clusters"][0]["cluster"]["server"].ToString(), StringComparison.Ordinal);
        Assert.Contains(Route, all[4]["spec"]["outputs"][0]["http"]["url"].ToString(), StringComparison.Ordinal);
        Assert.Equal(all[0]["users"][0]["name"], all[0]["contexts"][0]["context"]["user"]);
        string function = File.ReadAllText(
            Path.Combine(RepositoryFiles.Root, "functions", "Crowsnest.Functions", "ReceiveAuditWebhookFunction.cs"));
        Assert.Contains("Route = \"webhook/{cluster?}\"", function, StringComparison.Ordinal);
    }

    [Fact]
    public void Policy_NoBodyOfASecret_AndEveryWriteWithItsBody()
    {
        YamlNode[] rules = [.. ((YamlSequenceNode)Load(Blocks("yaml").ElementAt(1))["rules"]).Children];
        string[] levels = [.. rules.Select(static rule => Value((YamlMappingNode)rule, "level"))];
        int secrets = Array.FindIndex(rules, static rule => rule.ToString().Contains("secrets", StringComparison.Ordinal));
        int writes = Array.FindIndex(rules, static rule => rule.ToString().Contains("create", StringComparison.Ordinal));

        // The first rule that matches decides.
        Assert.Equal("Metadata", levels[secrets]);
        Assert.Equal("RequestResponse", levels[writes]);
        Assert.True(secrets < writes);
        Assert.Equal("Metadata", levels[^1]);
    }

    [Fact]
    public void Flags_OfAllFlavours_AreThoseOfTheApiServer()
    {
        string[] known =
        [
            "audit-policy-file", "audit-webhook-config-file", "audit-webhook-mode", "audit-webhook-batch-max-size",
            "audit-webhook-batch-max-wait", "audit-webhook-batch-buffer-size", "audit-webhook-truncate-enabled", "audit-log-path",
        ];

        string[] named = [.. Flag().Matches(Text).Select(static match => match.Value).Distinct()];

        Assert.True(named.Length >= 8);
        Assert.Empty(named.Except(known));
    }

    [Fact]
    public void Try_BodyOfTheCommand_IsReadAndHoldsNothing()
    {
        string body = Regex.Match(Text, "-d '([^']+)'").Groups[1].Value;

        Assert.Equal(default, Read(body));
    }

    [Theory]
    [InlineData("body-0003")]
    [InlineData("body-0051")]
    [InlineData("body-0182")]
    public void Lines_AsTheFunctionForEksMakesThem_AreReadLikeTheRecordedBody(string name)
    {
        using FileStream file = File.OpenRead(RepositoryFiles.Fixture($"webhook-bodies/{name}.json.gz"));
        using GZipStream unzipped = new(file, CompressionMode.Decompress);
        using StreamReader reader = new(unzipped);
        string body = reader.ReadToEnd();
        using JsonDocument list = JsonDocument.Parse(body);

        string lines = string.Join('\n', list.RootElement.GetProperty("items").EnumerateArray().Select(static one => one.GetRawText()));

        IntakeCounts expected = Read(body);
        Assert.True(expected.Parsed > 0);
        Assert.Equal(expected, Read(lines));
    }

    private static IntakeCounts Read(string body)
    {
        using IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "edge-1").Read(
            new HubMessage(Encoding.UTF8.GetBytes(body), 1, DateTimeOffset.UnixEpoch, "edge-1", IsOfOneCluster: true), batch);
        return IntakeCounts.Of([.. batch.Records]);
    }

    private static IEnumerable<string> Blocks(string language) =>
        Regex.Matches(Text, $"```{language}\n(.*?)```", RegexOptions.Singleline).Select(static match => match.Groups[1].Value);

    private static YamlMappingNode Load(string text)
    {
        YamlStream stream = [];
        using StringReader reader = new(text);
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static string Value(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out YamlNode? value) ? value.ToString() : "";

    [GeneratedRegex("audit-(?:policy|webhook|log)-[a-z-]+[a-z]")]
    private static partial Regex Flag();
}
