using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

public sealed class OperatorCatalogueTests
{
    [Fact]
    public void Shipped_Operators_AreNamedByWholeServiceAccountsAndTheirSource()
    {
        IReadOnlyList<KnownOperator> shipped = RuleSet.Load(RepositoryFiles.RuleFiles).Operators.All;

        Assert.True(shipped.Count >= 20);
        Assert.Equal(shipped.Count, shipped.Select(static one => one.Name).Distinct().Count());
        Assert.All(shipped, static one =>
        {
            Assert.StartsWith("https://", one.Source, StringComparison.Ordinal);
            Assert.All(one.Accounts, static account => Assert.Matches("^system:serviceaccount:[a-z0-9-]+:[a-z0-9-]+$", account));
        });
    }

    [Theory]
    [InlineData("operators: {}", "operators are a list")]
    [InlineData("operators: [{name: A, accounts: [a], clients: [c/]}]", "an operator has")]
    [InlineData("operators: [{name: A, accounts: ['*'], clients: [c/], does: [{verbs: [get], resources: [pods]}]}]", "an operator has")]
    [InlineData("operators: [{name: A, accounts: [a], clients: [''], does: [{verbs: [get], resources: [pods]}]}]", "an operator has")]
    [InlineData("operators: [{name: A, accounts: [a], clients: [c/], does: [{verbs: [get]}]}]", "has verbs and resources")]
    [InlineData(
        "operators: [{name: A, accounts: [a], clients: [c/], does: [{verbs: [get], resources: [pods], most: critical}]}]", "up to high")]
    public void Load_WhatSaysTooLittle_IsRefused(string yaml, string why)
    {
        RuleSet rules = RuleSet.Load([("operators.yml", yaml)]);

        Assert.Empty(rules.Operators.All);
        Assert.Contains(why, Assert.Single(rules.Errors).Message, StringComparison.Ordinal);
    }
}
