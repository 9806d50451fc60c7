namespace Crowsnest.Core.Detections;

/// <summary>
/// Remembers what short texts are without credentials: who does things, where and with which client recurs, and looking
/// through it costs more than all the rest of a detection. Bounded. Not thread-safe.
/// </summary>
internal sealed class RedactionMemo(Func<string, string> redact)
{
    private const int MostTexts = 4_096;
    private const int LongestText = 256;

    private readonly Dictionary<string, string> _known = new(StringComparer.Ordinal);

    internal string Of(string text)
    {
        if (text.Length > LongestText)
        {
            return redact(text);
        }

        if (!_known.TryGetValue(text, out string? redacted))
        {
            if (_known.Count == MostTexts)
            {
                _known.Clear();
            }

            _known.Add(text, redacted = redact(text));
        }

        return redacted;
    }
}
