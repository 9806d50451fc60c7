using System.Collections.Frozen;
using System.Text;

namespace Crowsnest.Core.Detections;

/// <summary>
/// Takes out the credentials of options of one letter: <c>-pX</c>, <c>-p X</c>, <c>-u user:X</c>, <c>-b cookie=X</c>. What such a letter
/// means is for each program to say, so where no known program stands before it, the value decides: a port, a path, a word or
/// another option is no password.
/// </summary>
internal static class CommandOptions
{
    private const int LongestProgram = 32;

    // By letter, the programs that take a credential there.
    private static readonly FrozenDictionary<char, FrozenSet<string>> Programs = new Dictionary<char, FrozenSet<string>>
    {
        ['p'] = Set("mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlsh", "mariadb", "mariadb-dump", "mariadb-admin",
            "sshpass", "mongo", "mongosh",
            "mongodump", "mongorestore", "mongoexport", "mongoimport", "login", "docker", "podman", "buildah", "skopeo", "nerdctl",
            "oc", "az", "cqlsh", "mosquitto_pub",
            "mosquitto_sub", "clickhouse-client", "influx", "unzip", "zip", "7z", "rabbitmqadmin", "smbmap", "crackmapexec", "netexec",
            "nxc", "evil-winrm", "hydra", "cypher-shell"),
        ['P'] = Set("sqlcmd", "bcp", "unzip", "zip", "mosquitto_pub", "mosquitto_sub", "hydra", "ipmitool", "isql", "tsql", "pwsh"),
        ['a'] = Set("redis-cli", "redis-benchmark", "valkey-cli", "keydb-cli"),
        ['w'] = Set("ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami", "ldappasswd", "ldapcompare", "ldapexop"),
        ['k'] = Set("openssl", "enc", "restic"),
        ['K'] = Set("openssl", "enc"),
        ['S'] = Set("curl"),
        ['y'] = Set("ntlmrelayx"),
    }.ToFrozenDictionary();

    // Programs whose -p or -P is something else.
    private static readonly FrozenSet<string> Others = Set("mkdir", "ps", "ssh", "scp", "sftp", "cp", "nc", "ncat", "netstat", "ss",
        "kill", "tar", "nmap", "lsof", "read",
        "declare", "type", "command", "find", "grep", "sed", "awk", "install", "rsync", "python", "python3", "perl", "ruby", "node",
        "make", "patch", "iptables", "tcpdump", "jq",
        "systemctl", "timeout", "test", "head", "tail", "sort", "pip", "npm", "xargs", "top", "pgrep", "bash", "git", "go", "dotnet",
        "java", "kubectl", "helm", "psql", "pg_dump");

    internal static string Redact(string text)
    {
        if (text.IndexOf('-', StringComparison.Ordinal) < 0)
        {
            return text;
        }

        StringBuilder? kept = null;
        int done = 0;
        int at = 0;
        string program = "";
        ReadOnlySpan<char> all = text;
        while (at < all.Length)
        {
            int start = at + Skip(all[at..]);
            int end = start + WordLength(all[start..]);
            at = end;
            ReadOnlySpan<char> word = all[start..end];
            if (word.Length < 2 || word[0] != '-' || (word[1] == '-' && !IsLongUser(word)))
            {
                program = ProgramOf(word) ?? program;
                continue;
            }

            bool isLong = word[1] == '-';
            bool attached = !isLong && word.Length > 2;
            int value = attached ? start + 2 + (word[2] == '=' ? 1 : 0) : end + Skip(all[end..]);
            int valueEnd = attached ? end : value + WordLength(all[value..]);
            int secret = isLong ? AfterUser(all[value..valueEnd]) : SecretOf(word[1], all[value..valueEnd], program, attached);
            if (secret < 0)
            {
                continue;
            }

            at = valueEnd;
            if (valueEnd > value + secret)
            {
                kept ??= new(text.Length);
                kept.Append(text, done, value + secret - done).Append(Redactor.Mark);
                done = valueEnd;
            }
        }

        return kept is null ? text : kept.Append(text, done, text.Length - done).ToString();
    }

    // Where in the value the credential begins, or -1 when there is none.
    private static int SecretOf(char option, ReadOnlySpan<char> value, string program, bool attached)
    {
        if (value.Length == 0)
        {
            return -1;
        }

        if (Programs.TryGetValue(option, out FrozenSet<string>? known) && known.Contains(program) && value[0] is not ('-' or '/')
            && !IsPort(value))
        {
            return 0;
        }

        return option switch
        {
            'p' or 'P' when !Others.Contains(program) && !IsPort(value) && value[0] is not ('-' or '/' or '.')
                && !(attached && IsWord(value)) => 0,
            'u' or 'U' when !attached || !IsWord(value) => AfterUser(value),
            'b' when value.IndexOf('=') > 0 => value.IndexOf('=') + 1,
            _ => -1,
        };
    }

    // user:password, and no address, image or path
    private static int AfterUser(ReadOnlySpan<char> value)
    {
        int colon = value.IndexOf(':');
        return colon < 0 || colon == value.Length - 1 || value[(colon + 1)..].StartsWith("//") || value[0] == '/' || IsPort(value) ? -1
            : colon + 1;
    }

    private static bool IsLongUser(ReadOnlySpan<char> word) =>
        word is "--user" or "--proxy-user" or "--creds" or "--src-creds" or "--dest-creds" or "--login" or "--basic-auth" or "--auth"
            or "--username" or "--userpwd";

    private static bool IsPort(ReadOnlySpan<char> value) =>
        value.IndexOfAnyExcept(CharSets.Port) < 0 && value.IndexOfAnyInRange('0', '9') >= 0;

    private static bool IsWord(ReadOnlySpan<char> value) => value.IndexOfAnyExcept(CharSets.LowerAndDash) < 0;

    private static string? ProgramOf(ReadOnlySpan<char> word)
    {
        word = word[(word.LastIndexOfAny("/(") + 1)..];
        return word.Length is > 0 and <= LongestProgram && char.IsAsciiLetterLower(word[0]) && word.IndexOfAnyExcept(CharSets.OfProgram) < 0
            && (Others.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word) || IsKnown(word)) ? word.ToString() : null;
    }

    private static bool IsKnown(ReadOnlySpan<char> word)
    {
        foreach (FrozenSet<string> programs in Programs.Values)
        {
            if (programs.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word))
            {
                return true;
            }
        }

        return false;
    }

    private static int Skip(ReadOnlySpan<char> text)
    {
        int length = text.IndexOfAnyExcept(CharSets.BetweenArguments);
        return length < 0 ? text.Length : length;
    }

    private static int WordLength(ReadOnlySpan<char> text)
    {
        int length = text.IndexOfAny(CharSets.EndOfArgument);
        return length < 0 ? text.Length : length;
    }

    private static FrozenSet<string> Set(params string[] names) => names.ToFrozenSet(StringComparer.Ordinal);
}
