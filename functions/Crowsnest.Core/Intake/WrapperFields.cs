using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Json;

namespace Crowsnest.Core.Intake;

/// <summary>Reads the members of a wrapper, and what it says of cluster, time and category. Not thread-safe.</summary>
internal sealed class WrapperFields(ClusterNames clusters, CategoryNames categories)
{
    // A wrapper has a dozen members, a row of a table some dozens; whoever sends more gets no further.
    private const int MostMembers = 512;
    private const int LongestName = 128;
    private const string EksGroup = "/aws/eks/";

    /// <summary>True when all records are of the cluster of whoever sent them, whatever they say.</summary>
    internal bool IsOfOneCluster { get; set; }

    /// <summary>Reads the members of an object.</summary>
    internal bool TryRead(ReadOnlyMemory<byte> json, ref Wrapping around, out List<WrapperMember> members)
    {
        members = [];
        ReadOnlySpan<byte> bytes = json.Span;
        string owner = "", group = "", stream = "";
        int position = JsonSyntax.SkipWhiteSpace(bytes, 1);
        while (position >= 0 && position < bytes.Length && bytes[position] != (byte)'}' && members.Count < MostMembers)
        {
            int value = JsonSyntax.NameEnd(bytes, position, out ReadOnlySpan<byte> name);
            int end = value < 0 ? -1 : JsonSkipper.End(bytes, value);
            if (end <= value)
            {
                return false;
            }

            if (name.Length <= LongestName)
            {
                string path = Encoding.UTF8.GetString(name);
                WrapperMember member = new(Plain(path), path, value, end);
                members.Add(member);
                Note(member, bytes[value..end], ref around, ref owner, ref group, ref stream);
            }

            position = JsonSyntax.AfterComma(bytes, end, (byte)'}');
        }

        if (group.StartsWith(EksGroup, StringComparison.Ordinal))
        {
            string cluster = group[EksGroup.Length..].Split('/')[0];
            around = Of(around, Encoding.UTF8.GetBytes($"/aws/{owner}/eks/{cluster}"));

            // One group takes all logs of a control plane: kube-apiserver-audit-…, authenticator-…, kube-scheduler-….
            around = stream.Length == 0 || stream.Contains("audit", StringComparison.Ordinal) ? around
                : around with { IsOther = true, Category = categories.Get(Encoding.UTF8.GetBytes(Kind(stream))) };
        }

        return true;
    }

    private Wrapping Of(in Wrapping around, ReadOnlySpan<byte> resource) =>
        IsOfOneCluster ? around : around with { Cluster = clusters.Of(resource) };

    private static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();

    private void Note(
        in WrapperMember member,
        ReadOnlySpan<byte> value,
        ref Wrapping around,
        ref string owner,
        ref string group,
        ref string stream)
    {
        if (value[0] != (byte)'"')
        {
            if (member.Name is "timestamp" or "time" && AuditNames.TryReadEpoch(value, out DateTimeOffset epoch))
            {
                around = around with { Time = epoch };
            }

            return;
        }

        ReadOnlySpan<byte> text = value[1..^1];
        switch (member.Name)
        {
            case "resourceid" when text.Length > 0:
                around = Of(around, text);
                break;
            case "category":
                bool isAudit = text.IsEmpty || CategoryNames.IsAudit(text);
                around = around with { Category = categories.Get(text), IsOther = !isAudit };
                break;
            case "messagetype" when text.SequenceEqual("CONTROL_MESSAGE"u8):
                around = around with { IsOther = true };
                break;
            case "time" or "timegenerated" or "@timestamp" or "timestamp" when AuditNames.TryParseTime(text, out DateTimeOffset time):
                around = around with { Time = time };
                break;
            case "owner":
                owner = Encoding.UTF8.GetString(text);
                break;
            case "loggroup" or "loggroupname":
                group = Encoding.UTF8.GetString(text).Replace("\\/", "/", StringComparison.Ordinal);
                break;
            case "logstream" or "logstreamname":
                stream = Encoding.UTF8.GetString(text);
                break;
        }
    }

    // "kube-scheduler-0123abcd" is one of many streams of kube-scheduler.
    private static string Kind(string stream) =>
        stream.LastIndexOf('-') is > 0 and int dash && stream.AsSpan(dash + 1).ContainsAnyInRange('0', '9') ? stream[..dash] : stream;
}
