using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Crowsnest.LocalHost.Http;

/// <summary>The keys that HTTP functions ask for: made once for each data folder, and kept there.</summary>
/// <param name="Master">Opens everything, the admin addresses included.</param>
/// <param name="Default">Opens functions of the level <c>function</c>.</param>
/// <param name="Console">Stands in the link that opens the console.</param>
internal sealed record HostKeys(string Master, string Default, string Console)
{
    internal const string FileName = "host-keys.json";

    /// <summary>The file with the link that opens the console.</summary>
    internal const string ConsoleFileName = "console.url";

    internal const string Header = "x-functions-key";
    private const string QueryParameter = "code";

    /// <summary>Reads the keys of a data folder, or makes them.</summary>
    internal static async Task<HostKeys> EnsureAsync(string dataFolder, CancellationToken cancellationToken)
    {
        string path = Path.Combine(dataFolder, FileName);
        HostKeys? known = File.Exists(path)
            ? JsonSerializer.Deserialize<HostKeys>(await File.ReadAllTextAsync(path, cancellationToken)) : null;
        if (known is { Console.Length: > 0 })
        {
            return known;
        }

        // A folder of an earlier version has no key for the console yet.
        HostKeys keys = new(known?.Master ?? NewKey(), known?.Default ?? NewKey(), NewKey());
        await using FileStream file = OpenPrivate(path);
        await JsonSerializer.SerializeAsync(file, keys, cancellationToken: cancellationToken);
        return keys;
    }

    /// <summary>Keeps the link that opens the console in the data folder.</summary>
    internal static async Task WriteConsoleLinkAsync(string dataFolder, string link, CancellationToken cancellationToken)
    {
        await using FileStream file = OpenPrivate(Path.Combine(dataFolder, ConsoleFileName));
        await file.WriteAsync(Encoding.UTF8.GetBytes(link + "\n"), cancellationToken);
    }

    // Others on this machine must not read it.
    private static FileStream OpenPrivate(string path)
    {
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>True when a request may call a function of a level: anonymous, function or admin.</summary>
    internal bool Admits(HttpRequest request, string level)
    {
        if (level.Equals("anonymous", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        string given = request.Headers[Header].ToString() is { Length: > 0 } header ? header : request.Query[QueryParameter].ToString();
        return Same(given, Master) || (level.Equals("function", StringComparison.OrdinalIgnoreCase) && Same(given, Default));
    }

    private static bool Same(string given, string key) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key));

    private static string NewKey() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
}
