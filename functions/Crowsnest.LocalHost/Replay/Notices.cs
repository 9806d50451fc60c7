namespace Crowsnest.LocalHost.Replay;

/// <summary>Says what goes on for a while once, not four times a second.</summary>
internal sealed class Notices(Action<string> say)
{
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);

    internal void Say(string subject, string text)
    {
        if (_said.Add(subject))
        {
            say(text);
        }
    }

    /// <summary>The subject is all right again: should it happen once more, it is said once more.</summary>
    internal void Forget(string subject) => _said.Remove(subject);
}
