using Crowsnest.Azure.Digests;
using Crowsnest.Azure.Files;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Digests;

public sealed class FeedSavingTests
{
    private static readonly RuleSet Rules = RuleSet.Load(RuleFiles.Read(RepositoryFiles.Rules));

    private static readonly CaptureFacts Facts = CaptureFacts.Of(hasReads: true, ["pods"], ["pods"]);

    [Fact]
    public void The_largest_part_that_no_rule_reads_is_named()
    {
        DigestSaving? saving = FeedSaving.Of(new(1000, 500, 100, 300, 50, 10), isFixed: false, Rules, Facts);

        Assert.Equal(("bodies of status updates", 0.3), (saving!.What, saving.Share));
        Assert.Equal("no rule reads them; 46 % in all could go: crowsnest policy advise", saving.Remark);
    }

    [Fact]
    public void On_AKS_only_reads_can_go_and_the_price_is_told()
    {
        DigestSaving? saving = FeedSaving.Of(new(1000, 500, 100, 300, 50, 10), isFixed: true, Rules, Facts);

        Assert.Equal(("reads", 0.5), (saving!.What, saving.Share));
        Assert.Matches("^kube-audit-admin has none, but [0-9]+ rules would see less: crowsnest policy categories$", saving.Remark);
        Assert.DoesNotContain(" 0 rules", saving.Remark, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Little_is_not_worth_a_line(bool isFixed)
    {
        Assert.Null(FeedSaving.Of(new(1000, 10, 10, 10, 10, 10), isFixed, Rules, Facts));
        Assert.Null(FeedSaving.Of(default, isFixed, Rules, Facts));
    }
}
