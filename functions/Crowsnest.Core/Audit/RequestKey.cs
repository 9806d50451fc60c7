using System.Numerics;
using System.Runtime.InteropServices;

namespace Crowsnest.Core.Audit;

/// <summary>
/// What makes a request one request. The auditID alone does not: a client may choose it (header Audit-ID), and by sending
/// that of an earlier request it would pass for a repetition. The time at which the API server received it is the server's,
/// but two requests that are sent at once can have the same; so what was asked, by whom and of which cluster counts too.
/// </summary>
/// <param name="AuditId">Hash of the auditID.</param>
/// <param name="Received">Ticks of requestReceivedTimestamp, the same at every stage.</param>
/// <param name="Asked">Hash of cluster, user, verb and URI, the same at every stage and in every process.</param>
public readonly record struct RequestKey(ulong AuditId, long Received, ulong Asked)
{
    public static RequestKey Of(AuditEvent audit) => audit.Request;

    internal static RequestKey Read(AuditEvent audit)
    {
        ulong asked = SpanHash.Of64(audit.RequestUriJson);
        asked = BitOperations.RotateLeft(asked, 17) ^ Hash(audit.Verb);
        asked = BitOperations.RotateLeft(asked, 17) ^ Hash(audit.User.Username);
        asked = BitOperations.RotateLeft(asked, 17) ^ Hash(audit.Cluster);
        return new(SpanHash.Of64(audit.AuditIdJson), audit.ClaimedTime.UtcTicks, asked);
    }

    /// <summary>The hash of a text, the same in every process.</summary>
    public static ulong Hash(string text) => SpanHash.Of64(MemoryMarshal.AsBytes(text.AsSpan()));
}
