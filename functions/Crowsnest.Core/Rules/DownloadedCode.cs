namespace Crowsnest.Core.Rules;

/// <summary>
/// Follows a shell's command line from a download to the run of what was fetched: the file that a piece writes, where it is
/// moved, and the piece that starts it, whatever stands between them.
/// </summary>
internal sealed class DownloadedCode
{
    private const int LongestLine = 1 << 16;
    private const string Piped = "-";

    private static readonly string[] Fetchers =
        ["curl", "wget", "fetch", "aria2c", "axel", "lwp-download", "ftpget", "tftp", "lynx", "ftp", "scp", "certutil", "bitsadmin"];

    private static readonly string[] Shells = ["sh", "bash", "ash", "dash", "zsh", "ksh"];
    private static readonly string[] Interpreters = ["python", "python2", "python3", "perl", "ruby", "node", "php", "lua", "source", "."];

    // Words that start the command that comes behind them.
    private static readonly string[] Starters =
    [
        "nohup", "setsid", "exec", "sudo", "env", "time", "command", "busybox", "eval", "then", "do", "else", "if", "!", "while", "-c",
        "doas", "nice", "timeout", "xargs",
    ];

    // Where anybody may write: what lies there was not part of the image.
    private static readonly string[] OpenFolders = ["/tmp", "/dev/shm", "/var/tmp"];

    private readonly HashSet<string> _fetched = new(StringComparer.Ordinal);
    private string _folder = "";
    private bool _hasUnpacked;
    private bool _isPiped;

    /// <summary>The file that is fetched and then run, <c>-</c> when it goes from the download into a shell, or empty.</summary>
    internal static string Of(string text)
    {
        string line = text.Length > LongestLine ? "" : ShellCommands.Plain(text);
        if (!ShellCommands.MayFetch(line))
        {
            return "";
        }

        if (ShellCommands.RunsWhatItFetches(line))
        {
            return Piped;
        }

        DownloadedCode code = new();
        foreach (string path in ShellCommands.PathsInPython(text, line))
        {
            code.Add(path);
        }

        foreach ((string[] words, bool isPiped) in ShellCommands.Pieces(line))
        {
            if (code.Read(words) is { Length: > 0 } run)
            {
                return run;
            }

            code._isPiped = code._isPiped && isPiped;
        }

        return "";
    }

    private string Read(string[] words)
    {
        // Words in front of the command: starters, their options, and variables that are set.
        int at = 0;
        while (at < words.Length && (Array.IndexOf(Starters, words[at]) >= 0 || IsAssignment(words[at])
            || (at > 0 && (words[at].StartsWith('-') || char.IsAsciiDigit(words[at][0]))) || IsShellBeforeScript(words, at)))
        {
            if (words[at].StartsWith("LD_PRELOAD=", StringComparison.Ordinal) && IsFetched(words[at][11..]))
            {
                return words[at];
            }

            at++;
        }

        if (at == words.Length)
        {
            return "";
        }

        string command = Name(words[at]);
        ReadOnlySpan<string> rest = words.AsSpan(at + 1);
        if (_isPiped && (Array.IndexOf(Shells, command) >= 0 || IsInterpreter(command)) && !rest.Contains("-c"))
        {
            return Piped;
        }

        if (Array.IndexOf(Shells, command) >= 0 || IsInterpreter(command))
        {
            return RunBy(rest);
        }

        if (IsFetched(words[at]))
        {
            return words[at];
        }

        Follow(command, rest);
        return "";
    }

    private void Follow(string command, ReadOnlySpan<string> rest)
    {
        switch (command)
        {
            case "cd" or "pushd" when rest.Length > 0:
                _folder = rest[0].TrimEnd('/');
                break;
            case "mv" or "cp" or "install" or "ln" when rest.Length > 1 && Any(rest[..^1]):
                Add(rest[^1]);
                Add($"{rest[^1].TrimEnd('/')}/{Name(rest[^2])}");
                break;
            case "tar" or "unzip" or "gunzip" or "gzip" or "unxz" or "bunzip2" when _isPiped || Any(rest):
                _hasUnpacked = true;
                break;
            default:
                Fetch(command, rest);
                break;
        }
    }

    private void Fetch(string command, ReadOnlySpan<string> rest)
    {
        bool isFetcher = Array.IndexOf(Fetchers, command) >= 0;
        bool isDecoder = command is "base64" or "openssl" or "xxd"
            && (rest.Contains("-d") || rest.Contains("-D") || rest.Contains("--decode") || rest.Contains("-r"));
        if (!isFetcher && !isDecoder && !_isPiped)
        {
            return;
        }

        _isPiped = true;
        bool isNamed = false;
        for (int i = 0; i < rest.Length; i++)
        {
            string word = rest[i];
            string file = word is ">" or "-o" or "-O" or "--output" or "--output-document" or "-out" || IsShortOutput(word)
                ? (i + 1 < rest.Length ? rest[i + 1] : "")
                : word.StartsWith("--output", StringComparison.Ordinal) && word.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals
                    ? word[(equals + 1)..]
                : word.StartsWith("-qO", StringComparison.Ordinal) ? word[3..]
                : word.StartsWith("-O", StringComparison.Ordinal) || word.StartsWith("-o", StringComparison.Ordinal) ? word[2..]
                : word.StartsWith("of=", StringComparison.Ordinal) ? word[3..]
                : command == "tee" && !word.StartsWith('-') ? word
                : "";
            if (file.Length > 0 && file != "-" && !file.Contains("://", StringComparison.Ordinal))
            {
                isNamed = true;
                Add(file);
            }
        }

        // Without a name the file is called as on the server, in the folder that wget -P or curl --output-dir names.
        if (isFetcher && !isNamed)
        {
            string folder = "";
            for (int i = 0; i + 1 < rest.Length; i++)
            {
                folder = rest[i] is "-P" or "--directory-prefix" or "--output-dir" ? rest[i + 1].TrimEnd('/') + "/" : folder;
            }

            foreach (string word in rest)
            {
                if (word.Contains("://", StringComparison.Ordinal) && word.LastIndexOf('/') is int slash && slash < word.Length - 1)
                {
                    Add(folder + word[(slash + 1)..].Split('?')[0]);
                }
            }
        }
    }

    // Options in one word, of which the last takes the file: -sLo, -qO.
    private static bool IsShortOutput(string word) =>
        word.Length is > 2 and < 8 && word[0] == '-' && word[1] != '-' && word[^1] is 'o' or 'O'
        && word.AsSpan(1).IndexOfAnyExceptInRange('A', 'z') < 0;

    // "sh -c" starts what comes behind it.
    private static bool IsShellBeforeScript(string[] words, int at) => at + 1 < words.Length
        && Array.IndexOf(Shells, Name(words[at])) >= 0 && words[at + 1].StartsWith('-') && words[at + 1].EndsWith('c');

    private static bool IsInterpreter(string command) =>
        Array.IndexOf(Interpreters, command) >= 0
        || command.StartsWith("ld-linux", StringComparison.Ordinal)
        || command.StartsWith("ld-musl", StringComparison.Ordinal);

    private static bool IsAssignment(string word) => word.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals
        && word.AsSpan(0, equals).IndexOfAny("/-.:") < 0;

    private string RunBy(ReadOnlySpan<string> rest)
    {
        foreach (string word in rest)
        {
            if (!word.StartsWith('-') && word != "<")
            {
                return IsFetched(word) || _fetched.Contains(Full(word)) ? word : "";
            }
        }

        return "";
    }

    private bool Any(ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            if (_fetched.Contains(Full(word)))
            {
                return true;
            }
        }

        return false;
    }

    // A command without a slash is looked for in the path of the image, so that it takes a path to run what was fetched.
    private bool IsFetched(string word)
    {
        if (!word.Contains('/', StringComparison.Ordinal) && (word.Length < 2 || word[0] != '$'))
        {
            return false;
        }

        string full = Full(word);
        return _fetched.Contains(full)
            || (_hasUnpacked && Array.Exists(OpenFolders, folder => full.StartsWith(folder + "/", StringComparison.Ordinal)));
    }

    private void Add(string file) => _fetched.Add(Full(file));

    private string Full(string file)
    {
        string name = file.StartsWith("./", StringComparison.Ordinal) ? file[2..] : file;
        return name.StartsWith('/') || name.StartsWith('$') || _folder.Length == 0 ? name : $"{_folder}/{name}";
    }

    private static string Name(string word) => word[(word.LastIndexOf('/') + 1)..];
}
