using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Crowsnest.Testing;

/// <summary>
/// Azure Communication Services, Email, REST 2023-03-31, as it is documented: what a request must have, what the answers look like, and
/// how long one has to wait. Taken is what was sent, also twice under one id: whether the real service would notice is not documented.
/// </summary>
public sealed class FakeEmailService(TimeProvider clock) : HttpMessageHandler
{
    public const string Host = "crowsnest.europe.communication.azure.com";
    public const string SenderDomain = "00000000-1111-2222-3333-444444444444.azurecomm.net";
    public const string Token = "token-for-communication";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _asked = [];

    /// <summary>What goes wrong, by the number of the request, from 0, and its method.</summary>
    public Func<int, HttpMethod, EmailFault> Faults { get; set; } = static (_, _) => EmailFault.None;

    /// <summary>How often a mail is said to be on its way before it is done.</summary>
    public int Running { get; set; } = 1;

    /// <summary>State that mails end in.</summary>
    public string End { get; set; } = "Succeeded";

    /// <summary>Retry-After of an answer that a mail is on its way, in seconds.</summary>
    public int PollSeconds { get; set; }

    /// <summary>Retry-After of 429, in seconds.</summary>
    public int ThrottleSeconds { get; set; } = 600;

    /// <summary>The mails that were taken, with the id of their operation.</summary>
    public List<(string OperationId, JsonElement Mail)> Taken { get; } = [];

    /// <summary>When which request came.</summary>
    public List<(DateTimeOffset At, HttpMethod Method)> Requests { get; } = [];

    /// <summary>Breaches of the contract.</summary>
    public List<string> Breaches { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        lock (_gate)
        {
            int number = Requests.Count;
            Requests.Add((clock.GetUtcNow(), request.Method));
            EmailFault fault = Faults(number, request.Method);
            switch (fault)
            {
                case EmailFault.Away:
                    throw new HttpRequestException(HttpRequestError.ConnectionError, "connection refused");
                case EmailFault.Timeout:
                    throw new TaskCanceledException("no answer");
                case EmailFault.Unauthorized:
                    return Error(HttpStatusCode.Unauthorized, "Denied", "Denied by the resource provider.");
                case EmailFault.Forbidden:
                    return Error(HttpStatusCode.Forbidden, "Forbidden", "The identity has no role for this.");
                case EmailFault.ServerError:
                    return Error(HttpStatusCode.InternalServerError, "InternalServerError", "try later");
                case EmailFault.Throttled:
                    HttpResponseMessage slow = Error(HttpStatusCode.TooManyRequests, "TooManyRequests", "quota");
                    slow.Headers.Add("Retry-After", ThrottleSeconds.ToString(CultureInfo.InvariantCulture));
                    return slow;
            }

            HttpResponseMessage answer = Answer(request, body);
            return fault switch
            {
                EmailFault.TimeoutAfterAcceptance => throw new TaskCanceledException("no answer"),
                EmailFault.ServerErrorAfterAcceptance => Error(HttpStatusCode.InternalServerError, "InternalServerError", "sorry"),
                _ => answer,
            };
        }
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, string body)
    {
        Uri address = request.RequestUri!;
        Hold(address is { Scheme: "https", Host: Host, Query: "?api-version=2023-03-31" }, $"address {address}");
        Hold(request.Headers.Authorization is { Scheme: "Bearer", Parameter: Token }, "no bearer token of the right scope");
        if (request.Method == HttpMethod.Get)
        {
            string id = address.Segments[^1];
            Hold(address.AbsolutePath == $"/emails/operations/{id}", $"path {address.AbsolutePath}");
            return Taken.Exists(one => one.OperationId == id) ? State(id)
                : Error(HttpStatusCode.NotFound, "OperationNotFound", "there is no such operation");
        }

        string operation = request.Headers.TryGetValues("Operation-Id", out IEnumerable<string>? ids) ? ids.Single() : "";
        Hold(request.Method == HttpMethod.Post && address.AbsolutePath == "/emails:send", $"{request.Method} {address.AbsolutePath}");
        Hold(Guid.TryParse(operation, out _), $"Operation-Id '{operation}' is no GUID");
        Hold(request.Content?.Headers.ContentType?.MediaType == "application/json", "content type");
        JsonElement mail = JsonDocument.Parse(body).RootElement.Clone();
        string sender = mail.GetProperty("senderAddress").GetString()!;
        if (!sender.EndsWith($"@{SenderDomain}", StringComparison.Ordinal))
        {
            return Error(HttpStatusCode.BadRequest, "DomainNotLinked", "The specified sender domain has not been linked.");
        }

        JsonElement content = mail.GetProperty("content");
        if (content.GetProperty("subject").GetString()!.Length == 0)
        {
            return Error(HttpStatusCode.BadRequest, "BadRequest", "content.subject is required");
        }

        Hold(mail.GetProperty("recipients").GetProperty("to").EnumerateArray().All(
            static one => one.GetProperty("address").GetString()!.Contains('@', StringComparison.Ordinal)), "recipients");
        Hold(content.TryGetProperty("plainText", out _) || content.TryGetProperty("html", out _), "no text");
        Taken.Add((operation, mail));
        HttpResponseMessage taken = Json(HttpStatusCode.Accepted, $$"""{"id":"{{operation}}","status":"Running","error":null}""");
        taken.Headers.Add("Operation-Location", $"https://{Host}/emails/operations/{operation}?api-version=2023-03-31");
        taken.Headers.Add("Retry-After", PollSeconds.ToString(CultureInfo.InvariantCulture));
        return taken;
    }

    private HttpResponseMessage State(string id)
    {
        _asked[id] = _asked.GetValueOrDefault(id) + 1;
        bool isOver = _asked[id] > Running;
        string error = isOver && End == "Failed" ? """{"code":"EmailDropped","message":"all recipients are suppressed"}""" : "null";
        HttpResponseMessage state = Json(
            HttpStatusCode.OK, $$"""{"id":"{{id}}","status":"{{(isOver ? End : "Running")}}","error":{{error}}}""");
        if (!isOver)
        {
            state.Headers.Add("Retry-After", PollSeconds.ToString(CultureInfo.InvariantCulture));
        }

        return state;
    }

    private void Hold(bool isTrue, string what)
    {
        if (!isTrue)
        {
            Breaches.Add(what);
        }
    }

    private static HttpResponseMessage Error(HttpStatusCode status, string code, string message) =>
        Json(status, $$$"""{"error":{"code":"{{{code}}}","message":"{{{message}}}"}}""");

    private static HttpResponseMessage Json(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
}
