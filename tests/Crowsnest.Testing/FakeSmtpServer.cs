using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Crowsnest.Testing;

/// <summary>A mail server on loopback (RFC 5321, as much as a client needs) that misbehaves as it is told.</summary>
public sealed class FakeSmtpServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public FakeSmtpServer()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _running = RunAsync();
    }

    public int Port { get; }

    /// <summary>What to do wrong, by the number of the connection, from 0.</summary>
    public Func<int, SmtpFault> Faults { get; set; } = static _ => SmtpFault.None;

    /// <summary>Recipients to refuse for good.</summary>
    public string Refused { get; set; } = "nobody@nowhere";

    /// <summary>Messages that came in whole, whether or not that was said.</summary>
    public ConcurrentQueue<string> Messages { get; } = [];

    /// <summary>The message ids of these, in order.</summary>
    public IReadOnlyList<string> MessageIds =>
    [
        .. Messages.Select(IdOf),
    ];

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _running;
        _listener.Dispose();
        _stopping.Dispose();
    }

    /// <summary>When each message was taken, by message id.</summary>
    public ConcurrentDictionary<string, long> TakenAt { get; } = [];

    private async Task RunAsync()
    {
        List<Task> sessions = [];
        for (int number = 0; ; number++)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stopping.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or SocketException or InvalidOperationException)
            {
                await Task.WhenAll(sessions);
                return;
            }

            sessions.Add(ServeAsync(client, Faults(number)));
        }
    }

    private async Task ServeAsync(TcpClient client, SmtpFault fault)
    {
        try
        {
            using (client)
            {
                await using NetworkStream stream = client.GetStream();
                await TalkAsync(stream, fault);
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException)
        {
            // The client hung up, or the test is over.
        }
    }

    private async Task TalkAsync(NetworkStream stream, SmtpFault fault)
    {
        if (fault == SmtpFault.Away)
        {
            return;
        }

        if (fault == SmtpFault.Silent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _stopping.Token);
        }

        using StreamReader reader = new(stream, Encoding.UTF8);
        await using StreamWriter writer = new(stream, new UTF8Encoding(false)) { NewLine = "\r\n", AutoFlush = true };
        await PauseAsync(fault);
        await writer.WriteLineAsync(fault == SmtpFault.NoService ? "554 no service here" : "220 test");
        while (await reader.ReadLineAsync(_stopping.Token) is { } line)
        {
            await PauseAsync(fault);
            if (!line.StartsWith("DATA", StringComparison.OrdinalIgnoreCase))
            {
                await writer.WriteLineAsync(Answer(line, fault));
                if (line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase))
                {
                    return;
                }

                continue;
            }

            if (fault == SmtpFault.CutBeforeData)
            {
                return;
            }

            await writer.WriteLineAsync("354 go on");
            StringBuilder message = new();
            while (await reader.ReadLineAsync(_stopping.Token) is { } text && text != ".")
            {
                message.Append(text).Append('\n');
            }

            if (fault == SmtpFault.LocalError)
            {
                await writer.WriteLineAsync("451 try again later");
                continue;
            }

            Messages.Enqueue(message.ToString());
            TakenAt[IdOf(message.ToString())] = Stopwatch.GetTimestamp();
            if (fault == SmtpFault.CutAfterData)
            {
                return;
            }

            await writer.WriteLineAsync("250 taken");
        }
    }

    private static string IdOf(string message) => message.Split('\n')
        .First(static line => line.StartsWith("Message-Id:", StringComparison.OrdinalIgnoreCase)).Split(':', 2)[1].Trim().Trim('<', '>');

    private Task PauseAsync(SmtpFault fault) =>
        fault == SmtpFault.Slow ? Task.Delay(TimeSpan.FromSeconds(0.9), _stopping.Token) : Task.CompletedTask;

    private string Answer(string line, SmtpFault fault) =>
        line.StartsWith("QUIT", StringComparison.OrdinalIgnoreCase) ? "221 bye"
        : !line.StartsWith("RCPT", StringComparison.OrdinalIgnoreCase) ? "250 ok"
        : fault == SmtpFault.GreyList ? "450 later"
        : fault == SmtpFault.NoSuchUser || line.Contains(Refused, StringComparison.OrdinalIgnoreCase) ? "550 no such user"
        : "250 ok";
}
