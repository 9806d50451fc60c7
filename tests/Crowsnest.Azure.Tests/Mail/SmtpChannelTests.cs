using System.Net;
using System.Net.Sockets;
using System.Text;
using Crowsnest.Azure.Mail;
using Crowsnest.Core.Alerting;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Tests.Mail;

public sealed class SmtpChannelTests
{
    private static readonly AlertMail Mail = new("abc@crowsnest", null, "[High] prod: something", "the text", "<p>the html</p>");

    [Fact]
    public async Task Send_ToARelay_DeliversTheMessage()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<string> received = ReceiveAsync(listener, cancellationToken);
        MailOptions options = new() { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, RequireTls = false };

        await new SmtpChannel(Options.Create(options), TimeProvider.System).SendAsync(Mail, cancellationToken);

        string message = await received;
        Assert.Contains("RCPT TO:<security@localhost>", message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Message-Id: <abc@crowsnest>", message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("the text", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ServerWithoutTls_IsRefusedByDefault()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<string> received = ReceiveAsync(listener, cancellationToken);
        MailOptions options = new() { Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port };

        await Assert.ThrowsAsync<NotSupportedException>(
            () => new SmtpChannel(Options.Create(options), TimeProvider.System).SendAsync(Mail, cancellationToken));

        Assert.DoesNotContain("DATA", await received, StringComparison.Ordinal);
    }

    // The least that SMTP asks of a server (RFC 5321): a greeting, and a yes to everything.
    private static async Task<string> ReceiveAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        using TcpClient client = await listener.AcceptTcpClientAsync(cancellationToken);
        await using NetworkStream stream = client.GetStream();
        using StreamReader reader = new(stream, Encoding.UTF8);
        await using StreamWriter writer = new(stream) { NewLine = "\r\n", AutoFlush = true };
        StringBuilder said = new();
        await writer.WriteLineAsync("220 test".AsMemory(), cancellationToken);
        bool data = false;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            said.AppendLine(line);
            if (data && line != ".")
            {
                continue;
            }

            data = line == "DATA";
            await writer.WriteLineAsync((line == "QUIT" ? "221 bye" : data ? "354 go on" : "250 ok").AsMemory(), cancellationToken);
            if (line == "QUIT")
            {
                break;
            }
        }

        return said.ToString();
    }
}
