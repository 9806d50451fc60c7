using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Worker;
using Crowsnest.LocalHost.Worker.Rpc;
using Yarp.ReverseProxy.Forwarder;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>
/// Calls an HTTP function: the request goes to the worker's own address, and beside it the invocation, whose id both carry. Each
/// waits for the other there.
/// </summary>
internal sealed class HttpTrigger(
    FunctionDefinition function,
    FunctionWorker functions,
    IHttpForwarder forwarder,
    HttpMessageInvoker client)
{
    private static readonly ForwarderRequestConfig Patient = new() { ActivityTimeout = TimeSpan.FromMinutes(30) };

    private static readonly TimeSpan WorkerStarts = TimeSpan.FromSeconds(30);

    internal string Name => function.Name;

    /// <summary>Who may call it: anonymous, function or admin.</summary>
    internal string Level => function.Text("authLevel", "function");

    internal string Route => function.Text("route", function.Name);

    /// <summary>True when the function takes requests of a method.</summary>
    internal bool Takes(string method) => !function.Trigger.TryGetProperty("methods", out System.Text.Json.JsonElement methods)
        || methods.EnumerateArray().Any(one => method.Equals(one.GetString(), StringComparison.OrdinalIgnoreCase));

    internal async Task RunAsync(HttpContext context)
    {
        Uri address;
        try
        {
            address = await functions.HttpAddressAsync(context.RequestAborted).WaitAsync(WorkerStarts, context.RequestAborted);
        }
        catch (Exception away) when (away is TimeoutException or LocalHostException)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return;
        }

        Invocation invocation = new()
        {
            Input = new ParameterBinding
            {
                Name = function.BindingName,
                Data = new TypedData { Http = new RpcHttp { Method = context.Request.Method } },
            },
        };
        using CancellationTokenSource failed = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        ValueTask<ForwarderError> forwarding = forwarder.SendAsync(
            context, address.GetLeftPart(UriPartial.Authority), client, Patient, new InvocationHeaders(invocation.Id), failed.Token);
        InvocationResult result = await functions.InvokeAsync(function, invocation, context.RequestAborted);
        if (!result.Succeeded)
        {
            // A function that threw never answers the request.
            await failed.CancelAsync();
        }

        ForwarderError error = await forwarding;
        if ((error != ForwarderError.None || !result.Succeeded) && !context.Response.HasStarted)
        {
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }
    }

    private sealed class InvocationHeaders(string invocationId) : HttpTransformer
    {
        // Set by the platform's front end in Azure, for a certificate that it has checked; here nobody has.
        // The same goes for whoever has signed in.
        private static readonly string[] NotFromOutside =
        [
            "x-ms-invocation-id", "X-ARR-ClientCert", "X-MS-CLIENT-PRINCIPAL", "X-MS-CLIENT-PRINCIPAL-NAME",
            "X-MS-CLIENT-PRINCIPAL-ID", "X-MS-CLIENT-PRINCIPAL-IDP",
        ];

        public override async ValueTask TransformRequestAsync(
            HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
        {
            await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
            foreach (string name in NotFromOutside)
            {
                proxyRequest.Headers.Remove(name);
            }

            proxyRequest.Headers.TryAddWithoutValidation(NotFromOutside[0], invocationId);
            proxyRequest.Headers.Host = httpContext.Request.Host.ToUriComponent();
        }
    }
}
