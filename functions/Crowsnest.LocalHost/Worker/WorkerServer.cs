using System.Collections.Concurrent;
using System.Net;
using Crowsnest.LocalHost.Worker.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Crowsnest.LocalHost.Worker;

/// <summary>Where workers open their streams: gRPC on a free port of loopback.</summary>
internal sealed class WorkerServer : IAsyncDisposable
{
    // A batch may be a hundred megabytes; the defaults are made for small messages.
    private const int StreamWindow = 8 * 1024 * 1024;

    private readonly ConcurrentDictionary<string, WorkerChannel> _expected = new();
    private readonly WebApplication _app;

    private WorkerServer()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.Protocols = HttpProtocols.Http2);
            kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindow;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 2 * StreamWindow;
        });
        builder.Services.AddSingleton(this);
        builder.Services.AddGrpc(static grpc =>
        {
            grpc.MaxReceiveMessageSize = int.MaxValue;
            grpc.MaxSendMessageSize = int.MaxValue;
        });
        _app = builder.Build();
        _app.MapGrpcService<Service>();
    }

    /// <summary>Address for workers.</summary>
    internal Uri Address => new(_app.Urls.First() + "/");

    internal static async Task<WorkerServer> StartAsync(CancellationToken cancellationToken)
    {
        WorkerServer server = new();
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Says which worker will come.</summary>
    internal void Expect(string workerId, WorkerChannel channel) => _expected[workerId] = channel;

    private sealed class Service(WorkerServer server) : FunctionRpc.FunctionRpcBase
    {
        public override async Task EventStream(
            IAsyncStreamReader<StreamingMessage> requestStream,
            IServerStreamWriter<StreamingMessage> responseStream,
            ServerCallContext context)
        {
            // Only the process that was started knows the id: another one on this machine must not take its place.
            if (!await requestStream.MoveNext(context.CancellationToken)
                || requestStream.Current.StartStream is not { } start
                || !server._expected.TryRemove(start.WorkerId, out WorkerChannel? channel))
            {
                throw new Grpc.Core.RpcException(new Status(StatusCode.PermissionDenied, "no such worker was started"));
            }

            await channel.RunAsync(requestStream, responseStream, context.CancellationToken);
        }
    }
}
