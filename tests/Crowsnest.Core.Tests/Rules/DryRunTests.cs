using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Which writes the API server judges and does not store.</summary>
public sealed class DryRunTests
{
    private static readonly RuleSet Shipped = RuleSet.Load(RepositoryFiles.RuleFiles);

    [Theory]
    [InlineData("?dryRun=All", true)]
    [InlineData("?fieldManager=x&dryRun=All&force=true", true)]
    [InlineData("?%64ryRun=%41ll", true)]
    [InlineData("?fieldManager=dryRun=All", false)]
    [InlineData("?a=1;dryRun=All", false)]
    [InlineData("?dryrun=All", false)]
    [InlineData("?dryRun=", false)]
    [InlineData("?dryRun=All%zz", false)]
    [InlineData("%3FdryRun=All", false)]
    [InlineData("", false)]
    public void InQuery_Parameters_AreReadByWholeNames(string query, bool expected) =>
        Assert.Equal(expected, DryRun.InQuery(new EventJson { RequestUri = "/api/v1/namespaces/shop/pods/web" + query }.ToEvent()));

    [Theory]
    [InlineData("create", "pods", "", null, true)]
    [InlineData("patch", "deployments", "scale", null, true)]
    [InlineData("create", "pods", "exec", null, false)]
    [InlineData("create", "pods", "proxy", null, false)]
    [InlineData("create", "nodes", "proxy", null, false)]
    [InlineData("create", "serviceaccounts", "token", null, false)]
    [InlineData("create", "selfsubjectaccessreviews", "", null, false)]
    [InlineData("get", "pods", "", null, false)]
    [InlineData("delete", "pods", "", null, true)]
    [InlineData("delete", "pods", "", """{"kind":"DeleteOptions"}""", false)]
    public void IsDryRun_OptionInQuery_CountsWhereItIsHonoured(string verb, string resource, string subresource, string? body, bool expected)
    {
        EventJson json = new()
        {
            Verb = verb,
            Resource = resource,
            Subresource = subresource,
            RequestUri = "/api/v1/namespaces/shop/x/web?dryRun=All",
            RequestObject = body,
        };
        using EventView view = new(json.ToEvent());

        Assert.Equal(expected, view.IsDryRun);
    }

    [Theory]
    [InlineData("delete", "", """{"dryRun":["All"]}""", true)]
    [InlineData("deletecollection", "", """{"dryRun":["All"]}""", true)]
    [InlineData("create", "eviction", """{"deleteOptions":{"dryRun":["All"]}}""", true)]
    [InlineData("create", "", """{"dryRun":["All"]}""", false)]
    public void IsDryRun_OptionInBody_CountsWhereOptionsAreTheBody(string verb, string subresource, string body, bool expected)
    {
        using EventView view = new(new EventJson { Verb = verb, Subresource = subresource, RequestObject = body }.ToEvent());

        Assert.Equal(expected, view.IsDryRun);
    }

    [Fact]
    public void IsDryRun_DeleteOfWhichNoBodyIsLogged_IsNotBelieved()
    {
        EventJson json = new() { Level = "Metadata", Verb = "delete", RequestUri = "/api/v1/namespaces/shop/pods/web?dryRun=All" };
        using EventView view = new(json.ToEvent());

        Assert.False(view.IsDryRun);
    }

    [Fact]
    public void Match_DryRunOfAGrant_IsAnAttemptOnly()
    {
        EventJson json = new()
        {
            Resource = "clusterrolebindings",
            ApiGroup = "rbac.authorization.k8s.io",
            RequestUri = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings?dryRun=All",
            RequestObject = """{"roleRef":{"name":"cluster-admin"},"subjects":[{"kind":"User","name":"ann"}]}""",
        };

        Assert.Equal(["dry-run-attempt"], Names(json));
        Assert.Contains("cluster-admin-binding", Names(json with { RequestUri = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings" }));
    }

    private static List<string> Names(EventJson json)
    {
        using EventView view = new(json.ToEvent());
        List<SigmaRule> matches = [];
        Shipped.Match(view, matches);
        return [.. matches.Where(rule => !Shipped.IsSilent(rule)).Select(static rule => rule.Name)];
    }
}
