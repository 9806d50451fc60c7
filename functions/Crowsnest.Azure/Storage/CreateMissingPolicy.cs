using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Makes a container, table or queue when a request finds it missing, and sends the request again. So nothing has to be asked at
/// start, when storage may be away, and each is there when it is first needed.
/// </summary>
/// <param name="errorCode">The service's code for what is missing.</param>
/// <param name="create">Makes what a request's address names.</param>
internal sealed class CreateMissingPolicy(string errorCode, Func<Uri, CancellationToken, Task> create) : HttpPipelinePolicy
{
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline);
        if (IsMissing(message.Response))
        {
            message.Response.Dispose();
            await create(message.Request.Uri.ToUri(), message.CancellationToken);
            await ProcessNextAsync(message, pipeline);
        }
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("nothing here waits without async");

    // Tables say it in the body only.
    private bool IsMissing(Response response) => response.Status == 404
        && (response.Headers.TryGetValue("x-ms-error-code", out string? code)
            ? code == errorCode
            : response.ContentStream is MemoryStream && response.Content.ToString().Contains(errorCode, StringComparison.Ordinal));
}
