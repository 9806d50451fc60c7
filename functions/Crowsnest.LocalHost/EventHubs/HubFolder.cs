using System.Text.Json;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>The folder of a hub: one process at a time has it, and a file in it says what hub it holds.</summary>
internal sealed class HubFolder : IDisposable
{
    private const string DescriptionFile = "hub.json";
    private const string LockFile = "hub.lock";

    private readonly FileStream _lock;

    private HubFolder(FileStream taken, HubDescription description)
    {
        _lock = taken;
        Description = description;
    }

    internal HubDescription Description { get; }

    /// <exception cref="LocalHostException">Another program has the folder, or it holds another hub; the message says which.</exception>
    internal static HubFolder Open(string path, HubDescription wanted)
    {
        FileStream taken = Take(path);
        try
        {
            HubDescription found = Describe(path, wanted);
            Compare(path, found, wanted);
            return new HubFolder(taken, found);
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    public void Dispose() => _lock.Dispose();

    // The operating system gives the lock back when the process ends, however it ends.
    private static FileStream Take(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
            return new FileStream(Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken)
        {
            throw new LocalHostException(
                $"the folder {path} is in use by another local event hub, or can't be written: {taken.Message}", taken);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new LocalHostException($"the folder {path} can't be written: {refused.Message}", refused);
        }
    }

    private static void Compare(string path, HubDescription found, HubDescription wanted)
    {
        if (found.Format != wanted.Format)
        {
            throw new LocalHostException($"the folder {path} was written by another version of the local event hub: choose another folder");
        }

        string hub = $"the folder {path} holds the event hub {found.Name} with {found.Partitions} partitions";
        if (!string.Equals(found.Name, wanted.Name, StringComparison.OrdinalIgnoreCase))
        {
            throw new LocalHostException($"{hub}, not {wanted.Name}: choose another folder, or that name");
        }

        if (found.Partitions != wanted.Partitions)
        {
            throw new LocalHostException(
                $"{hub}, not {wanted.Partitions}: give --partitions {found.Partitions}, or choose another folder");
        }
    }

    private static HubDescription Describe(string path, HubDescription wanted)
    {
        string file = Path.Combine(path, DescriptionFile);
        if (!File.Exists(file))
        {
            // Written beside and renamed: the file is there whole or not at all.
            string beside = file + ".new";
            File.WriteAllText(beside, JsonSerializer.Serialize(wanted));
            File.Move(beside, file, overwrite: true);
            return wanted;
        }

        try
        {
            return JsonSerializer.Deserialize<HubDescription>(File.ReadAllText(file))
                ?? throw new LocalHostException($"{file} is empty");
        }
        catch (JsonException fault)
        {
            throw new LocalHostException($"{file} can't be read: {fault.Message}", fault);
        }
    }
}
