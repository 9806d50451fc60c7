using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Crowsnest.LocalHost.Http;

/// <summary>The keys that HTTP functions ask for: made once for each data folder, and kept there.</summary>
/// <param name="Master">Opens everything, the admin addresses included.</param>
/// <param name="Default">Opens functions of the level <c>function</c>.</param>
internal sealed record HostKeys(string Master, string Default)
{
    internal const string FileName = "host-keys.json";

    internal const string Header = "x-functions-key";
    private const string QueryParameter = "code";

    /// <summary>Reads the keys of a data folder, or makes them.</summary>
    internal static async Task<HostKeys> EnsureAsync(string dataFolder, CancellationToken cancellationToken)
    {
        string path = Path.Combine(dataFolder, FileName);
        if (File.Exists(path) && JsonSerializer.Deserialize<HostKeys>(await File.ReadAllTextAsync(path, cancellationToken)) is { } known)
        {
            return known;
        }

        HostKeys keys = new(NewKey(), NewKey());
        FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using FileStream file = new(path, options);
        await JsonSerializer.SerializeAsync(file, keys, cancellationToken: cancellationToken);
        return keys;
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
