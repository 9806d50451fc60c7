using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Policy;

/// <summary>A real API server's own decisions: the recorded day was written with the policy beside it.</summary>
public sealed class RecordedPolicyTests
{
    [Fact]
    public void The_recorded_policy_says_of_every_event_what_the_server_said()
    {
        AuditPolicy policy = AuditPolicy.Parse(File.ReadAllText(RepositoryFiles.Fixture("policy/recorded.yaml")));
        List<string> others = [];
        int events = 0;
        foreach (AuditEvent audit in RecordedDay.Events())
        {
            events++;
            PolicyDecision decision = policy.Decide(PolicyRequest.Of(audit));
            if (decision.Level != audit.Level || !decision.Logs(audit.Stage)
                || !ReferenceEquals(EventTrimmer.Trim(audit, decision.Level, decision.OmitManagedFields), audit))
            {
                others.Add($"{audit.User.Username} {audit.Verb} {audit.RequestUri}: {audit.Level}, not {decision.Level}");
            }
        }

        Assert.Equal(9507, events);
        Assert.Empty(others);
    }
}
