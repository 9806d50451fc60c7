using System.Runtime.CompilerServices;
using System.Text;
using Crowsnest.Azure.Files;

namespace Crowsnest.LocalHost.Replay;

/// <summary>Reads the messages of a file, one a line; a document printed over many lines is one message.</summary>
internal static class MessageLines
{
    internal static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        string path,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using Stream stream = await AuditFile.OpenAsync(path, cancellationToken);
        using StreamReader reader = new(stream, Encoding.UTF8);
        StringBuilder document = new();
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            // A line that starts with white space or a closing bracket goes on with the document before it.
            bool goesOn = line.Length > 0 && (char.IsWhiteSpace(line[0]) || line[0] is '}' or ']');
            if (!goesOn && document.Length > 0)
            {
                yield return Encoding.UTF8.GetBytes(document.ToString());
                document.Clear();
            }

            document.Append(line).Append(goesOn || line is "{" or "[" ? "\n" : "");
        }

        if (document.Length > 0)
        {
            yield return Encoding.UTF8.GetBytes(document.ToString());
        }
    }
}
