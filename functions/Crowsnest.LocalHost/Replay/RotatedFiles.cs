namespace Crowsnest.LocalHost.Replay;

/// <summary>Finds the files that a log was rotated to, in its folder.</summary>
internal sealed class RotatedFiles
{
    private readonly string _path;
    private readonly string _stem;
    private readonly string _extension;
    private readonly Notices _notices;
    private Dictionary<string, (RotatedFile File, long Since)> _seen = [];

    internal RotatedFiles(string path, Notices notices)
    {
        _path = Path.GetFullPath(path);
        (_stem, _extension) = RotatedName.Split(Path.GetFileName(_path));
        _notices = notices;
    }

    internal Action? Looked { get; init; }

    /// <param name="poll">Number of the poll, by which is told for how long a file has been quiet.</param>
    /// <returns>Every file whose name begins as the log's.</returns>
    internal RotatedSet List(long poll)
    {
        Dictionary<string, (RotatedFile File, long Since)> seen = [];
        List<RotatedFile> found = [];
        foreach (RotatedFile file in Enumerate())
        {
            long since = _seen.TryGetValue(file.Path, out (RotatedFile File, long Since) before) && before.File.IsSame(file)
                ? before.Since
                : poll;
            seen[file.Path] = (file, since);
            found.Add(file with { Quiet = (int)(poll - since) });
        }

        _seen = seen;

        // Of a file that is just being compressed, the compressed one is not whole yet.
        List<RotatedFile> once =
        [
            .. found.GroupBy(static file => file.PlainPath)
                .Select(static same => same.MinBy(static file => file.IsCompressed)! with { IsTwice = same.Skip(1).Any() }),
        ];
        Looked?.Invoke();
        return new RotatedSet(
            _path,
            [.. once.Where(static file => file.Name is null), .. InOrder([.. once.Where(static file => file.Name is not null)])]);
    }

    // By their names, as compressing changes the time of some. Names of different kinds can't be compared.
    private static IEnumerable<RotatedFile> InOrder(List<RotatedFile> files) =>
        files.TrueForAll(static file => file.Name!.Number is not null)
            ? files.OrderByDescending(static file => file.Name!.Number).ThenBy(static file => file.Written)
            : files.TrueForAll(static file => file.Name!.Date is not null)
                ? files.OrderBy(static file => file.Name!.Date, StringComparer.Ordinal).ThenBy(static file => file.Written)
                : files.OrderBy(static file => file.Written);

    private List<RotatedFile> Enumerate()
    {
        List<RotatedFile> files = [];
        string folder = Path.GetDirectoryName(_path)!;
        try
        {
            foreach (FileInfo file in new DirectoryInfo(folder).EnumerateFiles())
            {
                // One that has vanished since it was listed has no length.
                if (file.Name.StartsWith(_stem, StringComparison.Ordinal) && file.FullName != _path && file.Exists)
                {
                    files.Add(new RotatedFile(
                        file.FullName, file.Length, file.LastWriteTimeUtc, RotatedName.Parse(file.Name, _stem, _extension)));
                }
            }

            _notices.Forget(folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _notices.Say(folder, $"{folder} can't be listed: {fault.Message}");
        }

        return files;
    }
}
