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
    [InlineData("eks:node-manager", PrincipalClass.SystemComponent)]
    [InlineData("eks:mine", PrincipalClass.Human)]
    [InlineData("system:kube-scheduler", PrincipalClass.SystemComponent)]
    [InlineData("system:kube-scheduler2", PrincipalClass.Human)]
    [InlineData("system:helper", PrincipalClass.Human)]
    [InlineData("system:node:aks-1", PrincipalClass.Node)]
    [InlineData("system:node:", PrincipalClass.Human)]
    [InlineData("system:node:Not A Name", PrincipalClass.Human)]
    [InlineData("system:serviceaccount:kube-system:coredns", PrincipalClass.SystemServiceAccount)]
    [InlineData("system:serviceaccount:kube-system:helper", PrincipalClass.WorkloadServiceAccount)]
    [InlineData("system:serviceaccount:kube-public:coredns", PrincipalClass.WorkloadServiceAccount)]
    [InlineData("system:serviceaccount:calico-system:calico-node", PrincipalClass.SystemServiceAccount)]
    [InlineData("system:serviceaccount:calico-system:helper", PrincipalClass.WorkloadServiceAccount)]
    [InlineData("system:serviceaccount:kube-system-evil:coredns", PrincipalClass.WorkloadServiceAccount)]
    [InlineData("system:serviceaccount:shop:kube-system", PrincipalClass.WorkloadServiceAccount)]
    public void Classify_UserName_ByWholeNamesOnly(string username, PrincipalClass expected) =>
        Assert.Equal(expected, PrincipalClassifier.Classify(username));

    [Theory]
    [InlineData("system:nodes", PrincipalClass.Node)]
    [InlineData("system:authenticated", PrincipalClass.Human)]
    public void Classify_NameOfNode_NeedsItsGroupWhereGroupsAreKnown(string group, PrincipalClass expected) =>
        Assert.Equal(expected, PrincipalClassifier.Classify("system:node:aks-1", [group]));
}
