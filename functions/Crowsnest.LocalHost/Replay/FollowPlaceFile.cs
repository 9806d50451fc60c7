using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Crowsnest.LocalHost.Replay;

/// <summary>Keeps the place in a followed file: <c>follow/HASH.json</c> in the data folder, HASH being of the file's full path.</summary>
internal sealed class FollowPlaceFile
{
    private readonly string _folder;
    private readonly string _followed;
    private readonly Notices _notices;

    internal FollowPlaceFile(string dataFolder, string followed, Action<string> say)
    {
        _folder = Path.Combine(dataFolder, "follow");
        _followed = Path.GetFullPath(followed);
        _notices = new Notices(say);
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(_followed)).AsSpan(0, 8));
        FileName = Path.Combine(_folder, hash + ".json");
    }

    internal string FileName { get; }

    /// <returns>Null when no place is stored, or none that can be read.</returns>
    internal async Task<FollowPlace?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(await File.ReadAllBytesAsync(FileName, cancellationToken));
            return json.RootElement.GetProperty("file").GetString() == _followed
                && FollowPlace.Parse(json.RootElement.GetProperty("place").GetString()) is { } place
                ? place
                : throw new JsonException("it holds no place in this file");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or JsonException
            or KeyNotFoundException or InvalidOperationException)
        {
            _notices.Say(FileName, $"The place in {_followed} can't be read from {FileName}: {fault.Message}");
            return null;
        }
    }

    /// <summary>
    /// Replaces what is stored at once or not at all, also when the power fails. A disk that is full does not stop the following:
    /// that is said, and the next place is tried again.
    /// </summary>
    internal async Task WriteAsync(FollowPlace place, CancellationToken cancellationToken)
    {
        string unfinished = FileName + ".tmp";
        try
        {
            Directory.CreateDirectory(_folder);
            await using (FileStream file = new(
                unfinished, FileMode.Create, FileAccess.Write, FileShare.None, 4096, FileOptions.WriteThrough))
            await using (Utf8JsonWriter json = new(file, new JsonWriterOptions { Indented = true }))
            {
                json.WriteStartObject();
                json.WriteString("file", _followed);
                json.WriteString("place", place.ToString());
                json.WriteEndObject();
                await json.FlushAsync(cancellationToken);
            }

            File.Move(unfinished, FileName, overwrite: true);
            _notices.Forget(FileName);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _notices.Say(FileName, $"The place in {_followed} can't be stored in {FileName}: {fault.Message}");
        }
    }
}
