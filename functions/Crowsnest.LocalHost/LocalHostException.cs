namespace Crowsnest.LocalHost;

/// <summary>Something the user can put right; the message says what is wrong and what to do.</summary>
internal sealed class LocalHostException : Exception
{
    public LocalHostException()
    {
    }

    public LocalHostException(string message)
        : base(message)
    {
    }

    public LocalHostException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
