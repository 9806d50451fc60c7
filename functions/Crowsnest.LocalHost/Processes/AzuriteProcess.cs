using System.Net;
using System.Net.Sockets;

namespace Crowsnest.LocalHost.Processes;

/// <summary>A running Azurite on free loopback ports.</summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    // The account and key that every Azurite has; they open nothing else (Azurite's README).
    private const string Account = "devstoreaccount1";
    private const string AccountKey =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private const int MostStarts = 3;
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);

    private readonly ChildProcess _process;
    private readonly OutputFile _log;

    private AzuriteProcess(ChildProcess process, OutputFile log, int[] ports)
    {
        _process = process;
        _log = log;
        ConnectionString = ConnectionStringOf(ports);
    }

    internal int Id => _process.Id;

    internal string ConnectionString { get; }

    /// <summary>Starts Azurite over a data folder and waits until it answers.</summary>
    /// <param name="folder">Where it is installed.</param>
    /// <param name="dataFolder">Where it keeps what it is given.</param>
    /// <param name="logFile">Gets what it says.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="onPorts">Ports for blobs, queues and tables; free ones when null.</param>
    /// <exception cref="LocalHostException">It did not start; the message names its log.</exception>
    internal static async Task<AzuriteProcess> StartAsync(
        string folder,
        string dataFolder,
        string logFile,
        CancellationToken cancellationToken,
        int[]? onPorts = null)
    {
        OutputFile log = new(logFile);
        for (int start = 1; ; start++)
        {
            int[] ports = onPorts ?? FreePorts(3);
            ChildProcess process = ChildProcess.Start(
                "node",
                [
                    "start.js", "--silent", "--skipApiVersionCheck", "--disableTelemetry", "--location", dataFolder,
                    "--blobHost", "127.0.0.1", "--queueHost", "127.0.0.1", "--tableHost", "127.0.0.1",
                    "--blobPort", $"{ports[0]}", "--queuePort", $"{ports[1]}", "--tablePort", $"{ports[2]}",
                ],
                folder,
                new Dictionary<string, string>(),
                log.WriteLine);
            if (await AnswersAsync(process, ports, cancellationToken))
            {
                return new AzuriteProcess(process, log, ports);
            }

            await process.DisposeAsync();
            if (start == MostStarts)
            {
                log.Dispose();
                throw new LocalHostException($"Azurite did not start; its log is {logFile}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _log.Dispose();
    }

    /// <summary>The connection string of one on given ports, whether it runs or not.</summary>
    internal static string ConnectionStringOf(int[] ports)
    {
        string Endpoint(int port) => $"http://127.0.0.1:{port}/{Account}";
        return $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={AccountKey};"
            + $"BlobEndpoint={Endpoint(ports[0])};QueueEndpoint={Endpoint(ports[1])};TableEndpoint={Endpoint(ports[2])};";
    }

    internal static int[] FreePorts(int count)
    {
        List<TcpListener> listeners = [];
        try
        {
            for (int i = 0; i < count; i++)
            {
                TcpListener listener = new(IPAddress.Loopback, 0);
                listener.Start();
                listeners.Add(listener);
            }

            return [.. listeners.Select(static listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(static listener => listener.Dispose());
        }
    }

    private static async Task<bool> AnswersAsync(ChildProcess process, int[] ports, CancellationToken cancellationToken)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(StartTime);
        try
        {
            foreach (int port in ports)
            {
                while (!await AnswersAsync(port, patience.Token))
                {
                    if (process.HasExited)
                    {
                        return false;
                    }

                    await Task.Delay(100, patience.Token);
                }
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<bool> AnswersAsync(int port, CancellationToken cancellationToken)
    {
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
