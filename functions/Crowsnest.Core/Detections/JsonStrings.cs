using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Crowsnest.Core.Detections;

/// <summary>
/// Takes credentials out of the strings of JSON, which may be cut, and may hold JSON in strings again. What has none stays as it
/// was written, to the byte: duplicate members, odd escapes and all.
/// </summary>
internal sealed class JsonStrings
{
    private readonly string _text;
    private readonly bool _isName;
    private readonly int _depth;
    private readonly List<string> _parts = [];
    private readonly List<JsonFrame> _frames = [new(isObject: true, "")];
    private int _done;
    private bool _changed;

    private JsonStrings(string text, bool isName, int depth) => (_text, _isName, _depth) = (text, isName, depth);

    /// <summary>The JSON without credentials, or null when the text does not begin as an object or array does.</summary>
    internal static string? Redact(string text, bool isName, int depth)
    {
        int first = text.AsSpan(1).IndexOfAnyExcept(" \t\r\n");
        if (first < 0 || !(text[first + 1] is '"' or '}'
            || (text[0] == '[' && text[first + 1] is '{' or '[' or ']' or '-' or (>= '0' and <= '9'))))
        {
            return null;
        }

        return Redactor.IsTooDeep(depth) ? Redactor.Mark : RedactPart(text, isName, depth);
    }

    /// <summary>A piece of JSON without credentials.</summary>
    internal static string RedactPart(string text, bool isName = false, int depth = 0) => new JsonStrings(text, isName, depth).Run();

    private string Run()
    {
        int at = 0;
        while (at < _text.Length)
        {
            char c = _text[at];
            if (c == '"')
            {
                at = String(at);
                continue;
            }

            if (c is '{' or '[')
            {
                _frames.Add(new(c == '{', c == '[' || !_frames[^1].IsObject ? _frames[^1].Member : ""));
            }
            else if (c is '}' or ']')
            {
                Close();
            }
            else if (_frames[^1].IsObject && (char.IsAsciiDigit(c) || c == '-') && IsCredential(_frames[^1].Member))
            {
                int length = _text.AsSpan(at).IndexOfAnyExcept(CharSets.OfNumber);
                int end = length < 0 ? _text.Length : at + length;
                Replace(at, end, $"\"{Redactor.Mark}\"");
                at = end;
                continue;
            }

            at++;
        }

        if (!_changed)
        {
            return _text;
        }

        return string.Concat(string.Concat(_parts), _text.AsSpan(_done));
    }

    private void Close()
    {
        JsonFrame frame = _frames[^1];
        if (_frames.Count > 1)
        {
            _frames.RemoveAt(_frames.Count - 1);
        }

        if (frame.Words.Count < 2)
        {
            return;
        }

        IReadOnlyList<string> shown = ArgumentList.Redact([.. frame.Words.Select(static one => one.Word)]);
        for (int i = 0; i < shown.Count; i++)
        {
            if (!string.Equals(shown[i], frame.Words[i].Word, StringComparison.Ordinal))
            {
                _parts[frame.Words[i].Place] = Quoted(shown[i]);
                _changed = true;
            }
        }
    }

    // A string, from its opening quote to behind the closing one.
    private int String(int start)
    {
        int end = start + 1;
        while (end < _text.Length && _text[end] != '"')
        {
            end += _text[end] == '\\' ? 2 : 1;
        }

        bool isWhole = end < _text.Length;
        end = Math.Min(end, _text.Length);
        string plain = Unescape(_text.AsSpan(start + 1, end - start - 1));
        end = isWhole ? end + 1 : end;
        JsonFrame frame = _frames[^1];
        int next = end;
        while (next < _text.Length && char.IsWhiteSpace(_text[next]))
        {
            next++;
        }

        string shown;
        if (frame.IsObject && next < _text.Length && _text[next] == ':')
        {
            frame.Member = plain;
            shown = plain.Length < 16 ? plain : Redactor.RedactName(plain);
        }
        else
        {
            shown = Value(frame, plain);
        }

        if (!string.Equals(shown, plain, StringComparison.Ordinal))
        {
            string quoted = Quoted(shown);
            Replace(start, end, isWhole ? quoted : quoted[..^1]);
        }
        else if (frame.Value == _parts.Count + 1 || (frame.Words.Count > 0 && frame.Words[^1].Place == _parts.Count + 1))
        {
            // May still be found to be one.
            Keep(start, end);
        }

        return end;
    }

    private string Value(JsonFrame frame, string plain)
    {
        string member = frame.Member;
        if (plain.Length == 0)
        {
            return plain;
        }

        if (member is "name" or "key" && frame.IsObject)
        {
            frame.Named = plain;
            if (frame.Value >= 0 && CredentialNames.Is(plain))
            {
                _parts[frame.Value] = $"\"{Redactor.Mark}\"";
                _changed = true;
            }
        }

        if (IsCredential(member) || (member is "value" or "stringValue" && frame.IsObject && IsCredential(frame.Named)))
        {
            return Redactor.Mark;
        }

        string shown = Redactor.Redact(plain, _isName || IsNameOrId(member), _depth + 1);
        if (frame.IsObject && member == "value" && frame.Named.Length == 0)
        {
            frame.Value = _parts.Count + 1;
        }
        else if (!frame.IsObject && member is "command" or "args")
        {
            frame.Words.Add((_parts.Count + 1, plain));
        }

        return shown;
    }

    // Lists of objects that hold credentials say their names.
    private static bool IsCredential(string member) => CredentialNames.Is(member)
        && member is not ("key" or "code" or "secrets" or "imagePullSecrets" or "signature" or "session"
            or "automountServiceAccountToken" or "tokens");

    private static bool IsNameOrId(string member) =>
        member is "name" or "namespace" or "username" or "uid" or "auditID" or "resourceVersion" or "generateName"
        or "groups" or "id" or "resourceId" or "nodeName" or "serviceAccountName" or "image" or "imageID" or "containerID" or "etag";

    private void Keep(int start, int end)
    {
        _parts.Add(_text[_done..start]);
        _parts.Add(_text[start..end]);
        _done = end;
    }

    private void Replace(int start, int end, string shown)
    {
        _parts.Add(_text[_done..start]);
        _parts.Add(shown);
        _done = end;
        _changed = true;
    }

    private static string Quoted(string plain) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(plain)}\"";

    private static string Unescape(ReadOnlySpan<char> json)
    {
        if (json.IndexOf('\\') < 0)
        {
            return json.ToString();
        }

        StringBuilder text = new(json.Length);
        for (int i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\' || i + 1 == json.Length)
            {
                text.Append(json[i]);
                continue;
            }

            char c = json[++i];
            if (c == 'u' && i + 4 < json.Length
                && ushort.TryParse(json.Slice(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort code))
            {
                text.Append((char)code);
                i += 4;
                continue;
            }

            text.Append(c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', _ => c });
        }

        return text.ToString();
    }
}
