using Crowsnest.Core.Audit;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Policy;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests.Policy;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Feeds;

public sealed class FeedVolumeTests
{
    [Fact]
    public void What_could_go_is_read_by_no_rule()
    {
        RuleSet rules = RuleSet.Load(Directory.GetFiles(RepositoryFiles.Rules, "*.yml")
            .Select(static file => (Path.GetFileName(file), File.ReadAllText(file))));
        BodyNeeds needs = new([.. rules.Rules.Where(static rule => !rule.IsOff)], keepsModel: true);
        FeedVolume sum = default;
        foreach (AuditEvent audit in RecordedDay.Events())
        {
            FeedVolume one = FeedVolume.Of(audit);
            AuditLevel level = needs.Of(RequestKind.Of(PolicyRequest.Of(audit))).Level;
            Assert.False(one.Answers > 0 && level == AuditLevel.RequestResponse, $"{audit.Verb} {audit.RequestUri}: the answer is read");
            Assert.False(one.StatusBodies > 0 && level >= AuditLevel.Request, $"{audit.Verb} {audit.RequestUri}: the body is read");
            sum += one;
        }

        Assert.InRange((double)sum.Spare.Sum(static one => one.Bytes) / sum.Bytes, 0.3, 0.6);
        Assert.True(sum.Reads > 0 && sum.Spare[0].Bytes >= sum.Spare[1].Bytes);
    }

    [Fact]
    public void It_is_written_and_read_back()
    {
        FeedVolume volume = new(100, 20, 30, 4, 5, 6);

        Assert.Equal(volume, FeedVolume.Parse(volume.ToString()));
        Assert.Equal(default, FeedVolume.Parse(null));
        Assert.Equal(default, FeedVolume.Parse("1,2"));
        Assert.Equal(new FeedVolume(200, 40, 60, 8, 10, 12), FeedVolume.Add(volume, volume));
    }
}
