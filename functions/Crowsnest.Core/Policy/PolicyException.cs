namespace Crowsnest.Core.Policy;

/// <summary>An audit policy that can't be used. The message begins with the line.</summary>
public sealed class PolicyException : Exception
{
    public PolicyException()
    {
    }

    public PolicyException(string message)
        : base(message)
    {
    }

    public PolicyException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public PolicyException(string message, long line)
        : base(line > 0 ? $"line {line}: {message}" : message) => Line = line;

    /// <summary>Line in the file, from 1, or 0 when it is not known.</summary>
    public long Line { get; }
}
