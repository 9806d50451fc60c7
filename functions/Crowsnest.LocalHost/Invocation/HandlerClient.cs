using System.Net.Http.Headers;
using System.Text.Json;

namespace Crowsnest.LocalHost.Invocation;

/// <summary>
/// Calls functions as the real host does, and judges answers as it does: a 2xx, JSON by its content type, and never an
/// empty body, for which the real host would wait until its timeout.
/// </summary>
internal sealed class HandlerClient(int port, TimeSpan timeout) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = timeout };

    internal Uri BaseAddress => _client.BaseAddress!;

    public void Dispose() => _client.Dispose();

    internal async Task<InvocationResult> InvokeAsync(
        string function,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken)
    {
        // A stream without a length goes out in chunks, as the host's serialiser sends it.
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(function, UriKind.Relative))
        {
            Content = new StreamContent(new ForwardOnlyStream(body)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("X-Azure-Functions-InvocationId", Guid.NewGuid().ToString());
        request.Headers.Add("X-Azure-Functions-HostVersion", "4.1037.0");
        request.Headers.UserAgent.ParseAdd("Azure-Functions-Host/4.1037.0");
        try
        {
            using HttpResponseMessage response = await _client.SendAsync(request, cancellationToken);
            byte[] content = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            return Judge(response, content);
        }
        catch (HttpRequestException fault)
        {
            return InvocationResult.Failure(fault.Message);
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return InvocationResult.Failure($"no answer within {timeout}");
        }
    }

    private static InvocationResult Judge(HttpResponseMessage response, byte[] content)
    {
        if (!response.IsSuccessStatusCode)
        {
            string said = System.Text.Encoding.UTF8.GetString(content.AsSpan(0, Math.Min(content.Length, 500)));
            return InvocationResult.Failure($"status {(int)response.StatusCode}: {said}");
        }

        if (response.Content.Headers.ContentType?.MediaType is not ("application/json" or "text/json"))
        {
            return InvocationResult.Failure("the answer is not application/json, which the host does not accept");
        }

        try
        {
            using JsonDocument answer = JsonDocument.Parse(content);
            JsonElement root = answer.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return InvocationResult.Failure("the answer is no object; the host would wait for its timeout");
            }

            JsonElement logs = root.EnumerateObject().FirstOrDefault(
                static property => property.Name.Equals("Logs", StringComparison.OrdinalIgnoreCase)).Value;
            return new InvocationResult(
                true,
                "",
                logs.ValueKind == JsonValueKind.Array ? [.. logs.EnumerateArray().Select(static log => log.ToString())] : []);
        }
        catch (JsonException)
        {
            return InvocationResult.Failure("the answer is empty or no JSON; the host would wait for its timeout");
        }
    }
}
