using System.Text;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Audit;

/// <summary>
/// One audit event of the API server (audit.k8s.io/v1, v1beta1). Text that the event lacks is empty, never null.
/// The bodies are slices of the received bytes and live only as long as the batch they came in.
/// </summary>
public sealed class AuditEvent
{
    private string? _auditId;
    private string? _requestUri;
    private DateTimeOffset? _claimedTime;
    private RequestPath? _path;
    private AccessReview? _review;
    private bool _reviewRead;
    private DateTimeOffset _time;
    private RequestKey _request;
    private bool _requestKnown;

    public string Cluster { get; set; } = "";

    /// <summary>Read from the received bytes when first asked for: most events end without anyone asking.</summary>
    public string AuditId => _auditId ??= Text(AuditIdAt);

    public AuditStage Stage { get; set; }

    public AuditLevel Level { get; set; }

    public string Verb { get; set; } = "";

    /// <summary>Read from the received bytes when first asked for.</summary>
    public string RequestUri => _requestUri ??= Text(RequestUriAt);

    /// <summary>The request URI as the API server reads it; taken apart when first asked for.</summary>
    public RequestPath Path => _path ??= RequestPath.Of(RequestUri);

    public string UserAgent { get; set; } = "";

    /// <summary>The authenticated identity.</summary>
    public AuditUser User { get; set; } = AuditUser.None;

    /// <summary>The identity assumed with Impersonate headers, or null.</summary>
    public AuditUser? ImpersonatedUser { get; set; }

    /// <summary>As logged: X-Forwarded-For, X-Real-Ip, then the TCP peer. All but the last can be set by the client.</summary>
    public IReadOnlyList<string> SourceIPs => Sources.All;

    public ObjectRef ObjectRef { get; set; } = ObjectRef.None;

    /// <summary>The HTTP status, or 0 when the event carries none.</summary>
    public int ResponseCode => Outcome.Code;

    public string ResponseReason => Outcome.Reason;

    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; set; } = [];

    /// <summary>The whole event as it was read.</summary>
    public ReadOnlyMemory<byte> Json { get; set; }

    /// <summary>JSON of the request body; empty when the level, a cut or the platform left it out.</summary>
    public ReadOnlyMemory<byte> RequestObject { get; set; }

    /// <summary>JSON of the response body; empty when the level, a cut or the platform left it out.</summary>
    public ReadOnlyMemory<byte> ResponseObject { get; set; }

    /// <summary>When the API server received the request; the envelope's time when the event was cut.</summary>
    public DateTimeOffset Time
    {
        get => _time;
        set
        {
            _time = value;
            _requestKnown = false;
        }
    }

    /// <summary>The time that the event itself claims, where it is judged at another because that one is implausible.</summary>
    public DateTimeOffset ClaimedTime => _claimedTime ?? Time;

    /// <summary>True when the platform cut the event and the rest had to be given up.</summary>
    public bool Truncated { get; set; }

    /// <summary>True when its JSON was read to the end, bodies and all.</summary>
    public bool IsWhole { get; set; }

    /// <summary>
    /// Who is judged: the authenticated user, or <c>system:anonymous</c> when authentication failed; the person whom a proxy
    /// acts for; whoever called a kubelet that asks about them.
    /// </summary>
    public string Principal => Judged.Username.Length == 0 ? PrincipalClassifier.AnonymousUser : Judged.Username;

    public PrincipalClass PrincipalClass => Judged.Class;

    /// <summary>True when the principal is a person behind a proxy that impersonates people by trade.</summary>
    public bool IsProxied => ImpersonatedUser is { } person && ImpersonatingProxies.ActsFor(User, person);

    /// <summary>What a kubelet asks about one of its callers, or null when the event is no such question.</summary>
    public AccessReview? Review
    {
        get
        {
            if (!_reviewRead)
            {
                _reviewRead = true;
                _review = User.Class == PrincipalClass.Node && ObjectRef.Resource == "subjectaccessreviews" && Verb == "create"
                    ? AccessReview.Of(RequestObject, ResponseObject) : null;
            }

            return _review;
        }
    }

    /// <summary>The address the request really came from, as far as it can be known; empty when none was logged.</summary>
    public string ClientAddress => Sources.Client == Sources.AksClient || !ShowsAks ? Sources.Client : Sources.AksClient;

    /// <summary>True when the record that held the event is one of AKS.</summary>
    internal bool IsAks { get; set; }

    internal SourceAddresses Sources { get; set; } = SourceAddresses.None;

    internal Outcome Outcome { get; set; } = Outcome.None;

    /// <summary>Where in <see cref="Json"/> the string stands, quotes and escapes and all; empty when there is none.</summary>
    internal (int Start, int Length) AuditIdAt { get; set; }

    /// <summary>Where in <see cref="Json"/> the string stands, quotes and escapes and all; empty when there is none.</summary>
    internal (int Start, int Length) RequestUriAt { get; set; }

    /// <summary>
    /// Which request it is about, worked out when first asked for: intake, tallies, judging and counting each want to know.
    /// </summary>
    internal RequestKey Request
    {
        get
        {
            if (!_requestKnown)
            {
                (_request, _requestKnown) = (RequestKey.Read(this), true);
            }

            return _request;
        }
    }

    internal bool HasAuditId => AuditIdAt.Length > 0;

    internal ReadOnlySpan<byte> RequestUriJson => Json.Span.Slice(RequestUriAt.Start, RequestUriAt.Length);

    internal ReadOnlySpan<byte> AuditIdJson => Json.Span.Slice(AuditIdAt.Start, AuditIdAt.Length);

    /// <summary>True when the event says how the request ended, which is when it is judged.</summary>
    public bool HasOutcome => Stage is AuditStage.ResponseStarted or AuditStage.ResponseComplete or AuditStage.Panic;

    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete" or "deletecollection";

    /// <summary>Has the event judged as of another time than its own. What tells it from others stays as it was.</summary>
    internal void JudgeAt(DateTimeOffset time)
    {
        _claimedTime = ClaimedTime;
        Time = time;
    }

    /// <summary>The same event with less of it: what is left, and where in it the parts stand that are read from it.</summary>
    internal AuditEvent CutTo(
        AuditLevel level,
        ReadOnlyMemory<byte> json,
        (int Start, int Length) auditId,
        (int Start, int Length) requestUri,
        (int Start, int Length) request,
        (int Start, int Length) response)
    {
        AuditEvent cut = (AuditEvent)MemberwiseClone();
        (cut.Level, cut.Json, cut.AuditIdAt, cut.RequestUriAt) = (level, json, auditId, requestUri);
        cut.RequestObject = json.Slice(request.Start, request.Length);
        cut.ResponseObject = json.Slice(response.Start, response.Length);
        (cut._review, cut._reviewRead, cut._requestKnown) = (null, false, false);
        return cut;
    }

    /// <summary>Finds an annotation; keys contain dots, so they are matched whole.</summary>
    public string Annotation(string key)
    {
        foreach (KeyValuePair<string, string> annotation in Annotations)
        {
            if (string.Equals(annotation.Key, key, StringComparison.Ordinal))
            {
                return annotation.Value;
            }
        }

        return "";
    }

    private AuditUser Judged => IsProxied ? ImpersonatedUser! : User.Class == PrincipalClass.Node ? Review?.Subject ?? User : User;

    // Passed on without their record, events of AKS still name its users, Entra's object ids or Azure's authorizer.
    private bool ShowsAks => IsAks || User.Username is "masterclient" or "aksService" or "hcpService" or "acsService"
        || User.EntraObjectId.Length > 0
        || Annotation("authorization.k8s.io/reason").Contains("Azure RBAC", StringComparison.Ordinal);

    private string Text((int Start, int Length) place)
    {
        ReadOnlySpan<byte> json = Json.Span.Slice(place.Start, place.Length);
        if (json.IndexOf((byte)'\\') < 0)
        {
            return json.Length <= 2 ? "" : Encoding.UTF8.GetString(json[1..^1]);
        }

        byte[] text = new byte[json.Length + JsonUnescaper.Slack];
        JsonUnescaper.Unescape(json, 1, text, out int length);
        return Encoding.UTF8.GetString(text, 0, length);
    }
}
