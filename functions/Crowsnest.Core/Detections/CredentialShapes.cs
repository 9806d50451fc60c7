using System.Buffers;
using System.Text.RegularExpressions;

namespace Crowsnest.Core.Detections;

/// <summary>Finds credentials that are known by their shape, whatever stands before them.</summary>
internal static partial class CredentialShapes
{
    private const string KeyBegins = "-----BEGIN ";
    private const string KeyEnds = "-----END ";
    private const int LongestLabel = 60;

    // What every match holds; most texts have none of it.
    private static readonly SearchValues<string> Signs = SearchValues.Create(
        [
            "eyJ", "AKIA", "ASIA", "Q~", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "gldt-", "glrt-", "glcbt-",
            "glptt-",
            "glsoat-", "xox", "xapp-", "sk_", "rk_", "pk_", "whsec_", "SG.", "npm_", "pypi-", "AIza", "ya29.", "GOCSPX-", "dop_v1_",
            "doo_v1_",
            "hvs.", "hvb.", "hvr.", "shpat_", "shpss_", "dckr_pat_", "dckr_oat_", "tskey-", "sk-", "AGE-SECRET-KEY-", "hf_", "nvapi-",
            "ATATT",
            "ATCTT", "NRAK-", "glsa_", "glc_", "dapi", "key-", "sq0", "shippo_", "figd_", "pat-", "$", "{SSHA", "{SHA", "{CRYPT", "K10",
        ],
        StringComparison.Ordinal);

    internal static string Redact(string text, bool isName)
    {
        string redacted = text.Contains(KeyBegins, StringComparison.Ordinal) ? WithoutKeys(text) : text;
        redacted = redacted.AsSpan().ContainsAny(Signs) ? Hash().Replace(Shape().Replace(redacted, Redactor.Mark), Redactor.Mark)
            : redacted;

        // An object's name ends like this at times: a pod, a dot and the hash of an event.
        return isName ? redacted : Bootstrap().Replace(redacted, static match => IsOfEvent(match.ValueSpan) ? match.Value : Redactor.Mark);
    }

    // Events are named for their object and the nanoseconds since 1970 in hex, which begin with these digits until 2035.
    private static bool IsOfEvent(ReadOnlySpan<char> word) =>
        word[7] == '1' && word[8] is (>= '4' and <= '9') or (>= 'a' and <= 'c') && word[7..].IndexOfAnyExcept(CharSets.Hex) < 0;

    // A key that was cut has no end: all that follows is of it.
    private static string WithoutKeys(string text)
    {
        System.Text.StringBuilder kept = new(text.Length);
        int done = 0;
        while (text.IndexOf(KeyBegins, done, StringComparison.Ordinal) is var begin and >= 0)
        {
            int label = begin + KeyBegins.Length;
            ReadOnlySpan<char> head = text.AsSpan(label, Math.Min(LongestLabel, text.Length - label));
            int close = head.IndexOf("-----", StringComparison.Ordinal);
            if (close >= 0 && !head[..close].Contains("PRIVATE", StringComparison.Ordinal)
                && !head[..close].Contains("SECRET", StringComparison.Ordinal))
            {
                kept.Append(text, done, label - done);
                done = label;
                continue;
            }

            kept.Append(text, done, begin - done).Append(Redactor.Mark);
            int end = text.IndexOf(KeyEnds, label, StringComparison.Ordinal);
            int last = end < 0 ? -1 : text.IndexOf("-----", end + KeyEnds.Length, StringComparison.Ordinal);
            if (last < 0)
            {
                return kept.ToString();
            }

            done = last + "-----".Length;
        }

        return kept.Append(text, done, text.Length - done).ToString();
    }

    // JSON web tokens and encrypted ones, then what providers mark so that scanners find it.
    [GeneratedRegex(
        @"eyJ[\w-]{6,}(\.[\w-]*){0,4}|A[KS]IA[A-Z0-9]{12,}|[\w.~-]{3}[0-9]Q~[\w.~-]{8,}|gh[oprsu]_\w{8,}"
        + @"|github_pat_\w{8,}|gl[a-z]{2,5}-[\w-]{8,}"
        + @"|xox[a-z](\.[a-z]+)?-[\w-]{8,}|xapp-[\w-]{8,}|\b[prs]k_(live|test)_\w{8,}|whsec_[\w+/=-]{8,}"
        + @"|\bSG\.[\w-]{8,}(\.[\w-]*)?|npm_\w{8,}|pypi-[\w-]{8,}"
        + @"|AIza[\w-]{8,}|ya29\.[\w-]{8,}|GOCSPX-[\w-]{8,}|do[opr]_v1_\w{8,}|\bhv[bsr]\.[\w-]{8,}|shp[a-z]{2}_\w{8,}"
        + @"|dckr_[po]at_[\w-]{8,}|tskey-[\w-]{8,}"
        + @"|\bsk-[\w-]{16,}|AGE-SECRET-KEY-\w{8,}|\bhf_\w{16,}|nvapi-[\w-]{8,}|AT[AC]TT[\w=-]{8,}|NRAK-\w{8,}|\bgl(sa"
        + @"|c)_[\w=+/]{8,}|\bdapi[0-9a-f]{16,}(-\d)?"
        + @"|\bkey-[0-9a-f]{16,}|\bsq0[a-z]{3}-[\w-]{8,}|shippo_\w{8,}|figd_[\w-]{8,}|\bpat-[a-z]{2}\d-[\w-]{8,}"
        + @"|\bK10[0-9a-f]{32,}(::[\w:.-]*)?",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex Shape();

    // Passwords as crypt(3), htpasswd and LDAP write them.
    [GeneratedRegex(
        @"\$(2[abxy]?|1|5|6|7|y|gy|apr1|argon2\w*|scrypt|pbkdf2[\w-]*|md5)\$[\w./$,=+-]{6,}"
        + @"|\{(S?SHA\d*|CRYPT|S?MD5)\}[\w./$+=-]{6,}",
        RegexOptions.NonBacktracking)]
    private static partial Regex Hash();

    // https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens: id, dot, secret.
    [GeneratedRegex(@"\b[a-z0-9]{6}\.[a-z0-9]{16}\b", RegexOptions.NonBacktracking)]
    private static partial Regex Bootstrap();
}
