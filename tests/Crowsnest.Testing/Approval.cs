namespace Crowsnest.Testing;

/// <summary>Compares text with a file that a person has read and approved.</summary>
public static class Approval
{
    /// <summary>
    /// True when the approved file says the same. Otherwise writes what was received beside it, for comparing and, if it is
    /// right, for renaming.
    /// </summary>
    public static bool Matches(string name, string text)
    {
        string approved = RepositoryFiles.Fixture(Path.Combine("approved", name + ".txt"));
        string received = RepositoryFiles.Fixture(Path.Combine("approved", name + ".received.txt"));
        if (File.Exists(approved) && File.ReadAllText(approved) == text)
        {
            File.Delete(received);
            return true;
        }

        File.WriteAllText(received, text);
        return false;
    }
}
