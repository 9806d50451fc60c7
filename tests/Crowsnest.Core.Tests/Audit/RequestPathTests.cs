using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Tests.Audit;

public sealed class RequestPathTests
{
    [Theory]
    [InlineData("/api/v1/nodes/n1/proxy/run/a/b/c?cmd=id", "/run/a/b/c", "n1")]
    [InlineData("/api/v1/nodes/n1/proxy/%72un/a?x=/proxy/metrics", "/run/a", "n1")]
    [InlineData("/api/v1/nodes/https:n1:10250/proxy//run/./a/", "/run/a", "n1")]
    [InlineData("/api/v1/nodes/n1:10250/proxy/metrics/../logs", "/logs", "n1")]
    [InlineData("/api/v1/nodes/n1/proxy/../../x", "/x", "n1")]
    [InlineData("/api/v1/nodes/n1/proxy/%2572un", "/%72un", "n1")]
    [InlineData("/api/v1/nodes/n1/proxy", "/", "n1")]
    [InlineData("/api/v1/proxy/nodes/n1/logs/", "/logs", "n1")]
    [InlineData("/api/v1/namespaces/shop/services/https:web:/proxy/admin", "/admin", "web")]
    [InlineData("/api/v1/namespaces/shop/pods/web-0/exec?x=/proxy/run", "", "")]
    [InlineData("/api/v1/namespaces/proxy/pods", "", "")]
    [InlineData("/proxy/run", "", "")]
    public void Of_ProxiedPath_IsReadBehindTheProxy(string uri, string path, string target)
    {
        RequestPath read = RequestPath.Of(uri);

        Assert.Equal((path, target), (read.ProxyPath, read.ProxyTarget));
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("//healthz/?verbose", "/healthz")]
    [InlineData("/healthz/../api", "/api")]
    [InlineData("/api/v1/%6eodes", "/api/v1/nodes")]
    public void Of_AnyPath_IsCleaned(string uri, string path) => Assert.Equal(path, RequestPath.Of(uri).Path);

    [Fact]
    public void All_Query_IsDecodedOnceAsGoReadsIt()
    {
        RequestPath read = RequestPath.Of("/x?c%6fmmand=a+b&command=%2541&Command=no&command=x;y&command=%zz&flag");

        Assert.Equal(["a b", "%41"], read.All("command"));
        Assert.Equal(("a b", "", null), (read.First("command"), read.First("flag"), read.First("none")));
    }
}
