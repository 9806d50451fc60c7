using System.Text;
using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>An event as rules see it. Bodies are parsed, and views of them made, when the first rule asks for them.</summary>
public sealed class EventView : IDisposable
{
    private RequestBody? _request;
    private JsonDocument? _response;
    private bool _responseRead;
    private string? _text;
    private string? _command;
    private IReadOnlyList<string>? _commands;
    private IReadOnlyList<string>? _commandLines;
    private PodSpecView? _podSpec;
    private GrantView? _grant;
    private ExposureView? _exposure;
    private SigningRequestView? _signingRequest;
    private IngressView? _ingress;
    private bool? _isDryRun;
    private bool? _isWriteBack;

    public EventView(AuditEvent audit) => Event = audit;

    public AuditEvent Event { get; }

    /// <summary>
    /// The request body, or an undefined element. A JSON patch is given as the object that it sets, so that one path finds
    /// a value in patches of every kind; one that can't be followed, as the object that it made, when the answer has that.
    /// </summary>
    public JsonElement Request => IsFollowedByAnswer ? Response : Body.Root;

    /// <summary>True when there is a body, but neither it nor the answer tells what it sets.</summary>
    internal bool IsUnfollowed =>
        !RequestBody.IsPlain(Event.RequestObject.Span) && !Body.IsFollowed && !IsFollowedByAnswer;

    /// <summary>The response body, or an undefined element.</summary>
    public JsonElement Response
    {
        get
        {
            if (!_responseRead)
            {
                _responseRead = true;
                _response = RequestBody.Read(Event.ResponseObject);
            }

            return _response?.RootElement ?? default;
        }
    }

    /// <summary>The whole event as text, for keyword searches.</summary>
    internal string Text => _text ??= Encoding.UTF8.GetString(Event.Json.Span);

    /// <summary>The command line of an exec, or empty.</summary>
    internal string Command => _command ??= ExecCommand.Of(Event);

    /// <summary>The command line of an exec as it is written and, if that differs, as a shell reads it.</summary>
    internal IReadOnlyList<string> Commands => _commands ??= Rules.CommandLines.Readings(Command);

    /// <summary>The command lines that a pod specification brings.</summary>
    internal IReadOnlyList<string> CommandLines => _commandLines ??= Rules.CommandLines.Of(this);

    internal PodSpecView PodSpec => _podSpec ??= PodSpecView.Of(this);

    internal GrantView Grant => _grant ??= GrantView.Of(this);

    internal ExposureView Exposure => _exposure ??= ExposureView.Of(this);

    internal SigningRequestView SigningRequest => _signingRequest ??= SigningRequestView.Of(this);

    internal IngressView Ingress => _ingress ??= IngressView.Of(this);

    /// <summary>True for a write that nothing stores.</summary>
    internal bool IsDryRun => _isDryRun ??= DryRun.Is(this);

    /// <summary>True for the answer of a controller to another write.</summary>
    internal bool IsWriteBack => _isWriteBack ??= ControllerWriteBack.Is(this);

    public void Dispose()
    {
        _request?.Dispose();
        _response?.Dispose();
    }

    private RequestBody Body => _request ??= RequestBody.Of(Event.RequestObject);

    // A failure is answered by a Status, which is about no object.
    private bool IsFollowedByAnswer =>
        !Body.IsFollowed && Event.ResponseCode < 400 && Response.Member("metadata").ValueKind == JsonValueKind.Object
        && Response.Text("kind") != "Status";
}
