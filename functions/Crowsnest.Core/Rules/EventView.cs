using System.Text;
using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Rules;

/// <summary>An event as rules see it. Bodies are parsed, and views of them made, when the first rule asks for them.</summary>
public sealed class EventView : IDisposable
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 512 };

    private JsonDocument? _request;
    private JsonDocument? _response;
    private bool _requestRead;
    private bool _responseRead;
    private string? _text;
    private string? _command;
    private PodSpecView? _podSpec;
    private GrantView? _grant;
    private ExposureView? _exposure;
    private SigningRequestView? _signingRequest;
    private IngressView? _ingress;
    private bool? _isDryRun;

    public EventView(AuditEvent audit) => Event = audit;

    public AuditEvent Event { get; }

    /// <summary>
    /// The request body, or an undefined element. A JSON patch is given as the object that it sets, so that one path finds
    /// a value in patches of every kind.
    /// </summary>
    public JsonElement Request
    {
        get
        {
            if (!_requestRead)
            {
                _requestRead = true;
                _request = Read(Event.RequestObject);
                if (_request is not null && JsonPatch.IsPatch(_request.RootElement))
                {
                    using JsonDocument patch = _request;
                    _request = Read(JsonPatch.ToObject(patch.RootElement));
                }
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

    /// <summary>The command line of an exec, or empty.</summary>
    internal string Command => _command ??= ExecCommand.Of(Event);

    internal PodSpecView PodSpec => _podSpec ??= PodSpecView.Of(this);

    internal GrantView Grant => _grant ??= GrantView.Of(this);

    internal ExposureView Exposure => _exposure ??= ExposureView.Of(this);

    internal SigningRequestView SigningRequest => _signingRequest ??= SigningRequestView.Of(this);

    internal IngressView Ingress => _ingress ??= IngressView.Of(this);

    /// <summary>True for a write that nothing stores.</summary>
    internal bool IsDryRun => _isDryRun ??= DryRun.Is(this);

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
            return JsonDocument.Parse(SurrogateEscapes.Mend(body), Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
