using System.Buffers;
using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Intake;

/// <summary>
/// An event as a table holds it: each field a column whose name is written in another way (AKSAudit and AKSAuditAdmin:
/// AuditId, RequestUri, SourceIps), objects perhaps as text, or with the path of each value as its name
/// (kubernetes.audit.user.username). It is written again as the API server writes it, and read as that.
/// </summary>
internal static class AuditRow
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["auditid"] = "auditID",
        ["level"] = "level",
        ["stage"] = "stage",
        ["requesturi"] = "requestURI",
        ["verb"] = "verb",
        ["user"] = "user",
        ["impersonateduser"] = "impersonatedUser",
        ["sourceips"] = "sourceIPs",
        ["useragent"] = "userAgent",
        ["objectref"] = "objectRef",
        ["responsestatus"] = "responseStatus",
        ["requestobject"] = "requestObject",
        ["responseobject"] = "responseObject",
        ["requestreceivedtimestamp"] = "requestReceivedTimestamp",
        ["requestreceivedtime"] = "requestReceivedTimestamp",
        ["stagetimestamp"] = "stageTimestamp",
        ["stagereceivedtime"] = "stageTimestamp",
        ["annotations"] = "annotations",

        // Inside of objects.
        ["apigroup"] = "apiGroup",
        ["apiversion"] = "apiVersion",
        ["resourceversion"] = "resourceVersion",
    };

    /// <summary>True when the members are those of an event. A client can't make a log line have them, save inside a text.</summary>
    internal static bool Is(List<WrapperMember> members) =>
        Has(members, "auditid") && Has(members, "stage") && (Has(members, "verb") || Has(members, "requesturi"));

    /// <summary>True when an event that was found in a text says enough to be one.</summary>
    internal static bool IsWritten(AuditEvent audit) => audit.HasAuditId && audit.Stage != AuditStage.Unknown;

    /// <summary>True when the names are those of the API server, and nothing needs to be written again.</summary>
    internal static bool IsAsWritten(ReadOnlySpan<byte> json, List<WrapperMember> members) =>
        json.IndexOf("_k8s_io/"u8) < 0 && members.TrueForAll(static member =>
            !Names.TryGetValue(member.Name, out string? name) || (name == member.Path && name is not ("apiGroup" or "resourceVersion")));

    /// <summary>Writes the row as an event.</summary>
    internal static ReadOnlyMemory<byte> Rewrite(ReadOnlyMemory<byte> json, List<WrapperMember> members)
    {
        ArrayBufferWriter<byte> target = new(json.Length + 64);
        target.Write("{"u8);
        foreach (WrapperMember member in members)
        {
            if (Names.TryGetValue(member.Name, out string? name))
            {
                WriteMember(target, name, json.Span[member.Start..member.End]);
            }
            else if (member.Name is "timestamp")
            {
                WriteMember(target, member.Name, json.Span[member.Start..member.End]);
            }
        }

        target.Write("}"u8);
        return target.WrittenMemory;
    }

    private static void WriteMember(ArrayBufferWriter<byte> target, string name, ReadOnlySpan<byte> value)
    {
        if (value.SequenceEqual("null"u8) || value.SequenceEqual("\"\""u8))
        {
            return;
        }

        bool isObject = name is "user" or "impersonatedUser" or "objectRef" or "responseStatus" or "annotations"
            or "requestObject" or "responseObject";
        if ((isObject || name == "sourceIPs") && value[0] == (byte)'"')
        {
            // Columns of dynamic type come as text where the way of export knows no objects.
            byte[] text = new byte[value.Length + JsonUnescaper.Slack];
            _ = JsonUnescaper.Unescape(value, 1, text, out int length);
            ReadOnlySpan<byte> inner = text.AsSpan(0, length).Trim(" \t\r\n"u8);
            if (!inner.IsEmpty && inner[0] is (byte)'{' or (byte)'[' && JsonSkipper.End(inner, 0) == inner.Length)
            {
                value = inner;
            }
            else if (name == "sourceIPs")
            {
                WriteName(target, name);
                target.Write("["u8);
                target.Write(value);
                target.Write("]"u8);
                return;
            }
        }

        WriteName(target, name);
        if (value[0] == (byte)'{' && name is "annotations" or "objectRef" or "user" or "impersonatedUser" or "responseStatus")
        {
            WriteNames(target, value, name == "annotations");
            return;
        }

        target.Write(value);
    }

    // The names in an object: Elastic's agent writes underscores for the dots of annotations, others write small letters.
    private static void WriteNames(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> json, bool isAnnotations)
    {
        target.Write("{"u8);
        bool isFirst = true;
        int position = JsonSyntax.SkipWhiteSpace(json, 1);
        while (position >= 0 && position < json.Length && json[position] != (byte)'}')
        {
            int value = JsonSyntax.NameEnd(json, position, out ReadOnlySpan<byte> name);
            int end = value < 0 ? -1 : JsonSkipper.End(json, value);
            if (end <= value)
            {
                break;
            }

            string text = Encoding.UTF8.GetString(name);
            target.Write(isFirst ? "\""u8 : ",\""u8);
            target.Write(Encoding.UTF8.GetBytes(isAnnotations ? WithDots(text) : Names.GetValueOrDefault(text.ToLowerInvariant(), text)));
            target.Write("\":"u8);
            target.Write(json[value..end]);
            isFirst = false;
            position = JsonSyntax.AfterComma(json, end, (byte)'}');
        }

        target.Write("}"u8);
    }

    // "authorization_k8s_io/decision": what stands before the slash is a DNS name, which has no underscores of its own.
    private static string WithDots(string key)
    {
        int slash = key.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? key : key[..slash].Replace('_', '.') + key[slash..];
    }

    private static void WriteName(ArrayBufferWriter<byte> target, string name)
    {
        target.Write(target.WrittenCount > 1 ? ",\""u8 : "\""u8);
        target.Write(Encoding.ASCII.GetBytes(name));
        target.Write("\":"u8);
    }

    private static bool Has(List<WrapperMember> members, string name) => members.Exists(member => member.Name == name);
}
