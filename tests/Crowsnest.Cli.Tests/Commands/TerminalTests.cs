using Crowsnest.Testing;

namespace Crowsnest.Cli.Tests.Commands;

/// <summary>
/// What is written to a terminal holds names that anyone may have chosen: in rules, files and events. Escapes that would move the
/// cursor, set the title or make the terminal answer appear as text, on both streams and whichever way a command writes.
/// </summary>
public sealed class TerminalTests
{
    private const string Escapes = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e";
    private const string Shown = "\\u001B]0;owned\\u0007\\u001B[2J\\u009B31m\\u202E";

    [Fact]
    public async Task Output_EscapesInATitle_AreText()
    {
        string folder = Directory.CreateTempSubdirectory("crowsnest-terminal-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "hostile.yml"), """
            title: "Evil \e]0;owned\a\e[2J\x9b31m\u202e rule"
            id: 5b0c6a0e-3f5f-4c0e-9a41-6a2f0d7f8c19
            name: hostile
            status: experimental
            description: A title that would take over the terminal.
            logsource:
              product: kubernetes
              service: audit
            detection:
              selection:
                verb: delete
              condition: selection
            level: low
            """, TestContext.Current.CancellationToken);

        (int code, string output, string errors) = await CommandLine.RunAsync("rules", "list", "--rules", folder);

        Assert.True(code == 0, errors);
        Assert.Contains($"Evil {Shown} rule", output, StringComparison.Ordinal);
        AssertHarmless(output + errors);
    }

    [Fact]
    public async Task Errors_EscapesInArguments_AreText()
    {
        (int code, string output, string errors) = await CommandLine.RunAsync("no-such-command" + Escapes);

        Assert.NotEqual(0, code);
        Assert.Contains(Shown, output + errors, StringComparison.Ordinal);
        AssertHarmless(output + errors);
    }

    [Fact]
    public async Task Detect_EscapesInTheLog_AreText()
    {
        string folder = Directory.CreateTempSubdirectory("crowsnest-terminal-").FullName;
        string file = Path.Combine(folder, $"audit{Escapes}.log");
        string hostile = new EventJson { User = "jane" + Escapes, UserAgent = Escapes, Resource = "clusterrolebindings", ApiGroup = "rbac.authorization.k8s.io", Namespace = "", RequestObject = """{"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"eve"}]}""" }.ToString();
        await File.WriteAllTextAsync(file, $"{hostile}\n{Escapes} no audit event\n{{\"kind\":\"{Escapes}\n", TestContext.Current.CancellationToken);

        (int code, string output, string errors) = await CommandLine.RunAsync("detect", file);

        // Titles of alerts name who did it, in quotes when it is more than a name.
        Assert.True(code == 0, errors);
        Assert.Contains("by 'jane", output + errors, StringComparison.Ordinal);
        AssertHarmless(output + errors);

        // Of what can't be read at all the command names the file.
        await File.WriteAllTextAsync(file, $"{Escapes} no audit event\n", TestContext.Current.CancellationToken);

        (code, output, errors) = await CommandLine.RunAsync("detect", file);

        Assert.Equal(2, code);
        Assert.Contains(Shown, errors, StringComparison.Ordinal);
        AssertHarmless(output + errors);
    }

    private static void AssertHarmless(string written) =>
        Assert.DoesNotContain(written, static c => (char.IsControl(c) && c is not ('\n' or '\r' or '\t')) || c == '\u202e');
}
