namespace Crowsnest.Core.Rules;

/// <summary>A rule that can't be loaded. Caught where rules are loaded, and reported with file and line.</summary>
public sealed class RuleException : Exception
{
    public RuleException()
    {
    }

    public RuleException(string message)
        : base(message)
    {
    }

    public RuleException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public RuleException(string message, long line)
        : base(message) => Line = line;

    /// <summary>Line in the file, from 1, or 0 when it is not known.</summary>
    public long Line { get; }
}
