using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Alerting;

public sealed class DigestTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 6, 0, 0, TimeSpan.Zero);

    private static readonly Suppression Nightly = new()
    {
        Cluster = "prod",
        Rule = "rule-1",
        Principal = "backup@*",
        Reason = "nightly backup",
        Author = "jane",
        Created = Now.AddDays(-1),
        Until = Now.AddDays(6),
    };

    private static readonly HashSet<string> Nobody = [];

    private static DigestContent Digest { get; } = new()
    {
        From = Now.AddDays(-1),
        To = Now,
        Told =
        [
            new(Severity.Critical, "prod", "Secrets of all namespaces listed, by mallory", 2, "abc", default),
            new(Severity.High, "stage", "Shell in a pod", 1, "def", default),
        ],
        OverBudget =
        [
            .. Enumerable.Range(0, 40)
                .Select(static i => new DigestIncident(i < 30 ? Severity.High : Severity.Medium, "prod", $"Storm {i}", 1, $"id{i}", default)),
        ],
        Failures = ["High prod: Shell in a pod over slack: failed, 404 no_service"],
        Suppressions = [new(Nightly, "Secret read", 3, 120)],
        Noisy = NoisyRule.Of(
            "prod",
            [
                .. Findings("secret-read", "backup@example.org", 95),
                .. Findings("secret-read", "jane", 5),
                .. Findings("exec", "a", 10),
                .. Findings("exec", "b", 12),
            ],
            Nobody),
        Strangers =
        [
            StrangersOfDay.Of(
                "prod",
                [
                    .. Findings("anonymous-asks", "system:anonymous", 1_200),
                    .. Findings("scan", "system:anonymous", 3),
                    .. Findings("exec", "jane", 9),
                ])!,
        ],
        Feeds =
        [
            new(
                "prod",
                1_234_567,
                12_345,
                432,
                Now.AddMinutes(-1),
                42,
                "280 of 288 back, 95 s",
                [.. Enumerable.Range(0, 24).Select(static i => 50_000L + i)],
                [("blind: pods logged without bodies", ["Privileged container", "Host network"])])
            {
                Saving = new("bodies of status updates", 0.314, "no rule reads them; 46 % in all could go: crowsnest policy advise"),
            },
            new("stage", 0, 0, 0, null, null, "", [], []),
        ],
        Model = ["abc is in use since 2026-11-01 03:00 UTC, from 12,345 requests of 67 principals", "became usual: ci-deployer lists pods"],
    };

    [Theory]
    [InlineData("text")]
    [InlineData("html")]
    public void Render_Digest_IsAsApproved(string part)
    {
        AlertMail mail = DigestRenderer.Render(Digest, hasChart: true);

        Assert.Equal("[Digest] 2026-11-02: 2 incidents told, 40 held back, 1 not delivered", mail.Subject);
        Assert.True(Approval.Matches($"digest-{part}", part == "text" ? mail.Text : mail.Html), "see tests/fixtures/approved");
    }

    [Fact]
    public void Of_RuleThatOnePrincipalSetsOff_SuggestsASuppressionForThatOne()
    {
        NoisyRule rule = NoisyRule.Of(
            "prod", [.. Findings("secret-read", "b; rm -rf /", 95), .. Findings("secret-read", "jane", 5)], Nobody)[0];

        Assert.Equal((100, 2), (rule.Findings, rule.Principals));
        Assert.Contains(
            "crowsnest suppress add --cluster prod --rule secret-read --principal 'b; rm -rf /' --days 30",
            rule.Suggestion,
            StringComparison.Ordinal);
    }

    // It would be the attacker's dearest wish.
    [Fact]
    public void Of_RuleThatASuspectSetsOff_SuggestsNoSuppression()
    {
        string suggestion = NoisyRule.Of("prod", Findings("secret-read", "mallory", 100), new HashSet<string> { "mallory" })[0].Suggestion;

        Assert.DoesNotContain("suppress", suggestion, StringComparison.Ordinal);
        Assert.Contains("look there first", suggestion, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_RuleThatManySetOff_SuggestsAFilter() => Assert.Contains(
        "filter",
        NoisyRule.Of("prod", Enumerable.Range(0, 30).SelectMany(static i => Findings("exec", $"user-{i}", 1)), Nobody)[0].Suggestion,
        StringComparison.Ordinal);

    [Fact]
    public void Of_FewFindings_AreNoNoise() => Assert.Empty(NoisyRule.Of("prod", Findings("exec", "a", 19), Nobody));

    [Fact]
    public void Render_HostileNames_AreTextOnly()
    {
        DigestContent hostile = Digest with
        {
            Told = [new(Severity.High, "prod", "<img src=x onerror=alert(1)>\r\nBcc: x, by \u202ehttp://evil.example", 1, "x", default)],
            Failures = ["<script>"],
        };

        AlertMail mail = DigestRenderer.Render(hostile, hasChart: false);

        Assert.DoesNotContain("<img", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("http://evil", mail.Text + mail.Html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', mail.Text + mail.Html);
        Assert.DoesNotContain('\r', mail.Text + mail.Html);
    }

    private static IEnumerable<(RuleReference, DetectionSource, string)> Findings(string rule, string principal, int count) =>
        Enumerable.Repeat((new RuleReference(rule, rule, ""), DetectionSource.Rule, principal), count);
}
