using System.Text.RegularExpressions;

namespace Crowsnest.LocalHost.Configuration;

/// <summary>
/// The app settings: of the environment, with those of this run over them. The function app gets them as its environment.
/// </summary>
internal sealed partial class AppSettings
{
    private readonly Dictionary<string, string> _own = new(StringComparer.OrdinalIgnoreCase);

    internal AppSettings(IReadOnlyDictionary<string, string> settings)
    {
        foreach ((string name, string value) in settings)
        {
            _own[name] = value;
        }

        Configuration = Build();
    }

    /// <summary>All settings; <c>A__B</c> is read as <c>A:B</c>.</summary>
    internal IConfiguration Configuration { get; private set; }

    /// <summary>Those that the environment does not have already.</summary>
    internal IReadOnlyDictionary<string, string> Own => _own;

    /// <summary>Sets what neither the environment nor this run has set.</summary>
    internal void Default(string name, string value)
    {
        if (Configuration[name.Replace("__", ":", StringComparison.Ordinal)] is null)
        {
            _own[name] = value;
            Configuration = Build();
        }
    }

    /// <summary>Puts settings in the place of <c>%NAME%</c>, as the host does in bindings.</summary>
    /// <exception cref="LocalHostException">A setting is missing.</exception>
    internal string Resolve(string text) => Placeholder().Replace(text, match =>
        Configuration[match.Groups[1].Value.Replace("__", ":", StringComparison.Ordinal)]
        ?? throw new LocalHostException(
            $"the app setting {match.Groups[1].Value} is missing; give it with --set {match.Groups[1].Value}=VALUE"));

    private IConfigurationRoot Build() => new ConfigurationBuilder().AddEnvironmentVariables()
        .AddInMemoryCollection(_own.Select(static pair =>
            KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), (string?)pair.Value))).Build();

    [GeneratedRegex("%([^%]+)%")]
    private static partial Regex Placeholder();
}
