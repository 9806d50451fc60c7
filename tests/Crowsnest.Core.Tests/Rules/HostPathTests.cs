using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Rules;

public sealed class HostPathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/.", "/")]
    [InlineData("//etc//kubernetes/", "/etc/kubernetes")]
    [InlineData("/var/lib/../lib/kubelet", "/var/lib/kubelet")]
    [InlineData("/var/run/./secrets", "/run/secrets")]
    [InlineData("/var/run", "/run")]
    [InlineData("/var/runner", "/var/runner")]
    [InlineData("C:\\", "c:/")]
    [InlineData("C:/Windows\\System32\\", "c:/windows/system32")]
    [InlineData("\\ProgramData", "c:/programdata")]
    [InlineData("\\\\?\\C:\\ETC", "c:/etc")]
    [InlineData("\\\\.\\pipe\\docker_engine", "//./pipe/docker_engine")]
    public void Of_Path_HasOneSpelling(string path, string expected) => Assert.Equal(expected, HostPath.Of(path));
}
