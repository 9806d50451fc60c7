using Crowsnest.Core.Policy;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Policy;

public sealed class PolicyLinterTests
{
    private const string Head = "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nomitManagedFields: true\nrules:\n";

    [Theory]
    [InlineData("- level: None\n  users: ['system:*']\n- level: Metadata", 1, "users has no wildcards")]
    [InlineData("- level: None\n  verbs: [GET]\n- level: Metadata", 1, "verbs are in lower case")]
    [InlineData("- level: None\n  resources: [{group: '', resources: [Event]}]\n- level: Metadata", 1, "in lower case and the plural")]
    [InlineData("- level: Metadata\n- level: None\n  users: [a]", 2, "rule 1 (line 6) takes all of it before, at Metadata; put this one first")]
    [InlineData("- level: Metadata\n- level: Metadata\n  users: [a]", 2, "at the same level; leave it out")]
    [InlineData("- level: Metadata\n  resources: [{group: ''}]\n- level: None\n  resources: [{resources: [pods/log]}]\n- level: Metadata", 2, "never matches")]
    [InlineData("- level: Metadata\n  nonResourceURLs: ['/a*']\n- level: None\n  nonResourceURLs: [/api, '/ab*']\n- level: Metadata", 2, "never matches")]
    [InlineData("- level: Metadata\n  resources: [{group: '', resources: ['pods/*']}]\n- level: None\n  resources: [{resources: [pods, pods/log]}]\n- level: Metadata", 2, "never matches")]
    [InlineData("- level: RequestResponse", 1, "RequestResponse puts the secret into the log")]
    [InlineData("- level: RequestResponse", 1, "a token that can be used")]
    [InlineData("- level: Request\n  resources: [{group: authentication.k8s.io}]\n- level: Metadata", 1, "the token that is asked about")]
    [InlineData("- level: None\n  resources: [{resources: ['pods/*']}]\n- level: Metadata", 1, "create pods/exec is not logged (level None)")]
    [InlineData("- level: Metadata\n  resources: [{group: ''}]", 0, "create certificates.k8s.io/certificatesigningrequests is not logged (no rule matches)")]
    [InlineData("- level: None\n  resources: [{resources: [serviceaccounts/token]}]\n- level: Metadata", 1, "create serviceaccounts/token is not logged")]
    [InlineData("- level: Metadata\n  omitStages: [ResponseStarted]", 1, "wrong credential are not logged")]
    public void A_fault_is_found(string rules, int rule, string says) =>
        Assert.Contains(Lint(rules), note => note.IsFault && note.Rule == rule && note.Message.Contains(says, StringComparison.Ordinal));

    [Theory]
    [InlineData("- level: None\n  users: [a]\n- level: Metadata\n  users: [b]\n- level: Metadata")]
    [InlineData("- level: Metadata\n  verbs: [get]\n- level: Request\n  resources: [{group: apps}]\n- level: Metadata")]
    [InlineData("- level: Metadata\n  resources: [{resources: [secrets], resourceNames: [a]}]\n- level: Metadata\n  resources: [{resources: [secrets]}]\n- level: Metadata")]
    [InlineData("- level: None\n  nonResourceURLs: [/healthz]\n- level: None\n  nonResourceURLs: ['/healthz*']\n- level: Metadata")]
    [InlineData("- level: Metadata\n  namespaces: [a]\n- level: Metadata")]
    public void What_is_right_has_no_note(string rules) => Assert.Empty(Lint(rules));

    [Fact]
    public void The_recorded_policy_has_no_fault() =>
        Assert.DoesNotContain(
            PolicyLinter.Lint(AuditPolicy.Parse(File.ReadAllText(RepositoryFiles.Fixture("policy/recorded.yaml")))),
            static note => note.IsFault);

    [Fact]
    public void Advice_is_given_for_stages_fields_and_the_end() =>
        Assert.Equal(
            ["RequestReceived is logged", "managedFields are logged", "what no rule matches"],
            PolicyLinter.Lint(AuditPolicy.Parse(Head.Split("omit")[0] + "rules:\n- level: Request\n  verbs: [create]"))
                .Where(static note => !note.IsFault).Select(static note => string.Join(' ', note.Message.Split(' ', ':').Take(3)))
                .Select(static text => text == "what no rule" ? "what no rule matches" : text));

    private static IReadOnlyList<PolicyNote> Lint(string rules) => PolicyLinter.Lint(AuditPolicy.Parse(Head + rules));
}
