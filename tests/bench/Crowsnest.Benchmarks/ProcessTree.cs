using System.Globalization;

namespace Crowsnest.Benchmarks;

/// <summary>A process and those that it has started, as /proc shows them: processor time and the most memory, by what they are.</summary>
internal sealed class ProcessTree(int root)
{
    internal const string Host = "host";
    internal const string App = "app";
    internal const string Storage = "storage";

    // Of Linux, whatever the machine (proc(5), sysconf(_SC_CLK_TCK)).
    private const double TicksPerSecond = 100;
    private const double PagesPerMegabyte = 256;

    private readonly Dictionary<int, (string Kind, double Seconds)> _seen = [];
    private readonly Dictionary<string, double> _most = [];

    /// <summary>Takes note of what there is now.</summary>
    internal void Look()
    {
        Dictionary<string, double> memory = [];
        HashSet<int> family = [root];
        foreach (int id in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(static name => int.TryParse(name, out _)).Select(static name => int.Parse(name!, CultureInfo.InvariantCulture)).Order())
        {
            if (Stat(id) is not { Length: > 21 } stat || (id != root && !family.Contains(int.Parse(stat[1], CultureInfo.InvariantCulture))))
            {
                continue;
            }

            family.Add(id);
            string kind = id == root ? Host : Read($"/proc/{id}/cmdline").Contains("node", StringComparison.Ordinal) ? Storage : App;
            double ticks = double.Parse(stat[11], CultureInfo.InvariantCulture) + double.Parse(stat[12], CultureInfo.InvariantCulture);
            double seconds = ticks / TicksPerSecond;
            lock (_seen)
            {
                _seen[id] = (kind, seconds);
                memory[kind] = memory.GetValueOrDefault(kind) + (double.Parse(stat[21], CultureInfo.InvariantCulture) / PagesPerMegabyte);
            }
        }

        lock (_seen)
        {
            foreach ((string kind, double megabytes) in memory)
            {
                _most[kind] = Math.Max(_most.GetValueOrDefault(kind), megabytes);
            }
        }
    }

    internal double Seconds(string kind) => _seen.Values.Where(one => one.Kind == kind).Sum(static one => one.Seconds);

    internal double Megabytes(string kind) => _most.GetValueOrDefault(kind);

    // After the program's name, which stands in parentheses.
    private static string[] Stat(int id) =>
        Read($"/proc/{id}/stat") is { Length: > 0 } text ? text[(text.LastIndexOf(')') + 2)..].Split(' ') : [];

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
