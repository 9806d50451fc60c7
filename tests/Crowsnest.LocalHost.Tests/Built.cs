using System.Reflection;

namespace Crowsnest.LocalHost.Tests;

/// <summary>What the build made.</summary>
internal static class Built
{
    /// <summary>Folder of the local host's program.</summary>
    internal static string LocalHostFolder { get; } = Path.GetFullPath(
        typeof(Built).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(static attribute => attribute.Key == "LocalHostFolder").Value!);

    /// <summary>The published function app.</summary>
    internal static string App => Path.Combine(LocalHostFolder, "app");
}
