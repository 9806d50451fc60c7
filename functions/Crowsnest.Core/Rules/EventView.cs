using System.Text;
using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>An event as rules see it. Bodies are parsed when the first rule asks for them.</summary>
public sealed class EventView : IDisposable
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };

    private JsonDocument? _request;
    private JsonDocument? _response;
    private bool _requestRead;
    private bool _responseRead;
    private string? _text;

    public EventView(AuditEvent audit) => Event = audit;

    public AuditEvent Event { get; }

    /// <summary>The request body, or an undefined element.</summary>
    public JsonElement Request
    {
        get
        {
            if (!_requestRead)
            {
                _requestRead = true;
                _request = Read(Event.RequestObject);
            }

            return _request?.RootElement ?? default;
        }
    }

    /// <summary>The response body, or an undefined element.</summary>
    public JsonElement Response
    {
        get
        {
            if (!_responseRead)
            {
                _responseRead = true;
                _response = Read(Event.ResponseObject);
            }

            return _response?.RootElement ?? default;
        }
    }

    /// <summary>The whole event as text, for keyword searches.</summary>
    internal string Text => _text ??= Encoding.UTF8.GetString(Event.Json.Span);

    public void Dispose()
    {
        _request?.Dispose();
        _response?.Dispose();
    }

    private static JsonDocument? Read(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty)
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(body, Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
