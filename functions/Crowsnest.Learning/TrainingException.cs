namespace Crowsnest.Learning;

/// <summary>A model can't be trained from what was given. Nothing was changed; the message says why.</summary>
public sealed class TrainingException : Exception
{
    public TrainingException()
    {
    }

    public TrainingException(string message)
        : base(message)
    {
    }

    public TrainingException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
