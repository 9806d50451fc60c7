using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Tests.Audit;

public sealed class PrincipalClassifierTests
{
    [Theory]
    [InlineData("", PrincipalClass.Anonymous)]
    [InlineData("system:anonymous", PrincipalClass.Anonymous)]
    [InlineData("jane@example.org", PrincipalClass.Human)]
    [InlineData("azure-pipelines@example.org", PrincipalClass.Human)]
    [InlineData("masterclient", PrincipalClass.LocalAdmin)]
    [InlineData("aksService", PrincipalClass.SystemComponent)]
    [InlineData("system:kube-scheduler", PrincipalClass.SystemComponent)]
    [InlineData("system:node:aks-1", PrincipalClass.Node)]
    [InlineData("system:serviceaccount:kube-system:coredns", PrincipalClass.SystemServiceAccount)]
    [InlineData("system:serviceaccount:kube-system-evil:coredns", PrincipalClass.WorkloadServiceAccount)]
    [InlineData("system:serviceaccount:shop:kube-system", PrincipalClass.WorkloadServiceAccount)]
    public void Classify_UserName_NeverByALooseSubstring(string username, PrincipalClass expected) =>
        Assert.Equal(expected, PrincipalClassifier.Classify(username));
}
