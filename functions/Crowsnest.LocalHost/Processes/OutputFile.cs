namespace Crowsnest.LocalHost.Processes;

/// <summary>A file of lines that many may write to.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly StreamWriter _writer;
    private readonly Lock _gate = new();
    private bool _disposed;

    internal OutputFile(string path)
    {
        Path = path;
        _writer = new StreamWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };
    }

    internal string Path { get; }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _writer.Dispose();
        }
    }

    internal void WriteLine(string line)
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            try
            {
                _writer.WriteLine(line);
            }
            catch (IOException)
            {
                // A full disk costs lines of a log, and must not cost what they are about.
            }
        }
    }
}
