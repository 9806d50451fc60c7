using Crowsnest.Core.Audit;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Audit;

public sealed class PrincipalTests
{
    private const string Review = """
        {"spec":{"user":"system:serviceaccount:shop:web",
        "resourceAttributes":{"verb":"create","resource":"nodes","subresource":"proxy","name":"n1"}}}
        """;

    [Theory]
    [InlineData("system:serviceaccount:cattle-system:cattle", "u-x7", "u-x7", PrincipalClass.Human)]
    [InlineData("system:serviceaccount:cattle-impersonation-system:cattle-impersonation-u-x7", "u-x7", "u-x7", PrincipalClass.Human)]
    [InlineData("system:serviceaccount:shop:web", "u-x7", "system:serviceaccount:shop:web", PrincipalClass.WorkloadServiceAccount)]
    [InlineData("jane@example.org", "bob@example.org", "jane@example.org", PrincipalClass.Human)]
    public void Principal_Impersonated_IsThePersonBehindAKnownProxyOnly(string user, string person, string expected, PrincipalClass kind)
    {
        AuditEvent audit = new EventJson { User = user, Impersonated = person }.ToEvent();

        Assert.Equal((expected, kind), (audit.Principal, audit.PrincipalClass));
    }

    [Theory]
    [InlineData("system:node:n1", "system:nodes", "system:serviceaccount:shop:web")]
    [InlineData("jane@example.org", "system:authenticated", "jane@example.org")]
    public void Principal_AccessReview_IsWhomAKubeletAsksAbout(string user, string group, string expected)
    {
        AuditEvent audit = new EventJson
        {
            User = user,
            Groups = [group],
            Resource = "subjectaccessreviews",
            Namespace = "",
            Name = "",
            RequestObject = Review,
        }.ToEvent();

        Assert.Equal(expected, audit.Principal);
    }

    [Theory]
    [InlineData("masterclient", "203.0.113.9")]
    [InlineData("jane@example.org", "172.31.40.9")]
    public void ClientAddress_NetworkThatAksReserves_IsAHopOnAksOnly(string user, string expected) =>
        Assert.Equal(expected, new EventJson { User = user, SourceIPs = ["203.0.113.9", "172.31.40.9"] }.ToEvent().ClientAddress);
}
