using System.Text;
using Crowsnest.Testing;
using CsCheck;

namespace Crowsnest.Core.Tests.Intake;

/// <summary>Mutations of real messages, and random bytes.</summary>
internal static class HostileMessages
{
    private static readonly byte[][] Seeds = LoadSeeds();

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", "\"", "\\", ",", ":", "\\u", "\\ud800", "\\\"", "null", "{\"records\":[", "]}", "{\"items\":[",
        "\"log\":\"", "\"properties\":", "{\"kind\":\"Event\",", "{\"level\":\"", "\"auditID\":\"", "\"verb\":1",
        "\uFEFF", "\0", "\n{", "1e999",
        "{\"message\":\"{", "{\"logEvents\":[", "{\"event\":{\"original\":", "\n2026-11-02T10:00:00Z stdout P ", "\n<14>1 {\"",
        "H4sIAAAA", "{\"AuditId\":\"", "\"kubernetes.audit.auditID\":", "\"stage\":\"Panic\",", "_k8s_io/",
        "\"requestReceivedTimestamp\":\"NaN\"", "\"responseStatus\":{\"code\":\"x\"}", "\"user\":[1]", "\"sourceIPs\":{}",
    ];

    internal static Gen<byte[]> Any
    {
        get
        {
            Gen<byte[]> mutated =
                from seed in Gen.Int[0, Seeds.Length - 1]
                from mutations in Gen.Select(Gen.Int[0, 5], Gen.Int[0, 1 << 20], Gen.Int[0, 1 << 20]).Array[1, 6]
                select Mutate(Seeds[seed], mutations);
            return Gen.Frequency((9, mutated), (1, Gen.Byte.Array[0, 2_000]));
        }
    }

    private static byte[] Mutate(byte[] seed, (int Kind, int Where, int What)[] mutations)
    {
        List<byte> bytes = [.. seed];
        foreach ((int kind, int where, int what) in mutations)
        {
            int at = bytes.Count == 0 ? 0 : where % bytes.Count;
            int length = Math.Min(what % 200, bytes.Count - at);
            switch (kind)
            {
                case 0 when bytes.Count > 0:
                    bytes[at] = (byte)what;
                    break;
                case 1:
                    bytes.RemoveRange(at, length);
                    break;
                case 2:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 3:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Tokens[what % Tokens.Length]));
                    break;
                case 4:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    bytes.InsertRange(at, Seeds[what % Seeds.Length].Take(3_000));
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[][] LoadSeeds() =>
    [
        .. Directory.EnumerateFiles(RepositoryFiles.Fixture("aks"), "*.json").Order(StringComparer.Ordinal).Select(File.ReadAllBytes),
        Encoding.UTF8.GetBytes(new EventJson { Impersonated = "x", RequestObject = """{"spec":{"containers":[]}}""" }.ToString()),
        Encoding.UTF8.GetBytes($$"""{"kind":"EventList","items":[{{new EventJson()}},{{new EventJson { AuditId = "2" }}}]}"""),
        Encoding.UTF8.GetBytes($"{new EventJson()}\n{new EventJson { AuditId = "2" }}\n"),
        .. ShipperShapes.All.Select(static shape => Encoding.UTF8.GetBytes(shape.Data.Item2)),
    ];
}
