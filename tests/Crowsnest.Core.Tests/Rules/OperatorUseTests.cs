using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Which entries about known operators a log has a use for.</summary>
public sealed class OperatorUseTests
{
    private static readonly RuleSet Rules = RuleSet.Load([("operators.yml", """
        title: Operators
        operators:
          - name: Mover
            source: x
            accounts: ['system:serviceaccount:mover:mover']
            clients: [mover/]
            does:
              - {verbs: [list], resources: [secrets]}
              - {verbs: [delete, create], resources: [pods]}
          - name: Keeper
            source: x
            accounts: ['system:serviceaccount:keeper:keeper']
            clients: [keeper/]
            does:
              - {verbs: [list], resources: [secrets]}
        """)]);

    [Fact]
    public void NeverMatched_AccountThatIsNotHere_SaysSo() => Assert.Equal(
        [("Mover", "none of its accounts is here"), ("Keeper", "none of its accounts is here")],
        NeverMatched([]));

    [Fact]
    public void NeverMatched_PartOfWhatItDoes_NamesTheRest() => Assert.Equal(
        [("Mover", "never did create, delete on pods"), ("Keeper", "its account is here with another client: keeper-v2")],
        NeverMatched([Lists("mover", "mover/1.0"), Lists("keeper", "keeper-v2/1.0"), Lists("keeper", "keeper-v2/1.1")]));

    [Fact]
    public void NeverMatched_OtherWork_SaysSo() => Assert.Contains(
        ("Keeper", "its account is here, and does nothing that is listed"),
        NeverMatched([Lists("keeper", "keeper/1.0") with { Resource = "nodes" }]));

    private static EventJson Lists(string name, string client) => new()
    {
        User = $"system:serviceaccount:{name}:{name}",
        UserAgent = client,
        Verb = "list",
        Resource = "secrets",
        Name = "",
        Code = 200,
    };

    private static IEnumerable<(string, string)> NeverMatched(IEnumerable<EventJson> events)
    {
        OperatorUse use = new(Rules.Operators);
        foreach (EventJson one in events)
        {
            use.Hear(one.ToEvent());
        }

        return use.NeverMatched();
    }
}
