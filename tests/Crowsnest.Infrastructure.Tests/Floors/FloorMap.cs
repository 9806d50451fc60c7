using System.Text.RegularExpressions;

namespace Crowsnest.Infrastructure.Tests.Floors;

/// <summary>The floors of a project: which folder may use which.</summary>
/// <param name="Project">Name of the project, and its root namespace.</param>
internal sealed partial record FloorMap(string Project)
{
    private readonly Dictionary<string, int> _floors = new(StringComparer.Ordinal);
    private readonly HashSet<(string, string)> _declared = [];
    private readonly HashSet<string> _compositions = new(StringComparer.Ordinal);

    internal IReadOnlyCollection<string> Folders => _floors.Keys;

    /// <summary>Reads the map.</summary>
    /// <exception cref="FormatException">A line is neither a project, a floor, a declaration nor a comment.</exception>
    internal static IReadOnlyList<FloorMap> Parse(IEnumerable<string> lines)
    {
        List<FloorMap> maps = [];
        int floor = 0;
        foreach (string line in lines.Select(static line => line.Split('#')[0].TrimEnd()).Where(static line => line.Length > 0))
        {
            if (!char.IsWhiteSpace(line[0]))
            {
                maps.Add(new FloorMap(line));
                floor = 0;
                continue;
            }

            maps[^1].Add(line.Trim(), floor++);
        }

        return maps;
    }

    /// <summary>What in the project's files goes up, or beside without a declaration.</summary>
    /// <param name="files">Path below the project's folder, with slashes, and content of each source file.</param>
    internal IReadOnlyList<string> Violations(IReadOnlyCollection<(string Path, string Text)> files)
    {
        HashSet<(string Folder, string Type)> types =
            [.. files.Select(static file => (FolderOf(file.Path), Path.GetFileNameWithoutExtension(file.Path)))];
        List<string> found = [];
        foreach ((string path, string text) in files.Where(file => !_compositions.Contains(file.Path)))
        {
            string folder = FolderOf(path);
            if (folder.Length > 0 && !_floors.ContainsKey(folder))
            {
                found.Add($"{Project}/{path}: the folder {folder} is not on the map");
                continue;
            }

            found.AddRange(Used(text, types).Where(used => !MayUse(folder, used)).Select(used => $"{Project}/{path} uses {used}"));
            found.AddRange(_compositions.Select(Path.GetFileNameWithoutExtension)
                .Where(type => Regex.IsMatch(text, $@"\b{type}\b")).Select(type => $"{Project}/{path} uses {type}"));
        }

        return found;
    }

    private static string FolderOf(string path) =>
        path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : "";

    private void Add(string line, int floor)
    {
        if (line.StartsWith('='))
        {
            _compositions.Add(line[1..].Trim());
        }
        else if (line.Split(" -> ") is [string from, string to])
        {
            _declared.Add((from, to));
        }
        else
        {
            foreach (string folder in line.Split(" | "))
            {
                _floors.Add(Folder().IsMatch(folder) ? folder : throw new FormatException($"'{folder}' is no folder"), floor);
            }
        }
    }

    private bool MayUse(string folder, string used) =>
        folder == used
        || (folder.Length > 0 && _floors.TryGetValue(used, out int floor) && _floors[folder] < floor)
        || _declared.Contains((folder, used));

    // Namespaces wherever they stand, and what C# lets one write short inside the project: Folder.Type.
    private HashSet<string> Used(string text, HashSet<(string, string)> types)
    {
        string root = Project[(Project.LastIndexOf('.') + 1)..];
        IEnumerable<string> whole = Regex.Matches(text, $@"\bCrowsnest\.{root}\.(\w+)").Select(static match => match.Groups[1].Value)
            .Where(name => !types.Contains(("", name)));
        IEnumerable<string> half = ShortName().Matches(text)
            .Where(match => types.Contains((match.Groups[1].Value, match.Groups[2].Value))).Select(static match => match.Groups[1].Value);
        return [.. whole, .. half];
    }

    [GeneratedRegex(@"^\w+$")]
    private static partial Regex Folder();

    [GeneratedRegex(@"(?<![\w.])(\w+)\.(\w+)")]
    private static partial Regex ShortName();
}
