namespace Crowsnest.Testing;

/// <summary>How <see cref="FakeEmailService"/> misbehaves at one request.</summary>
public enum EmailFault
{
    None,

    /// <summary>401: the role assignment is not in force yet, or the identity is another.</summary>
    Unauthorized,

    /// <summary>403: the identity may not send.</summary>
    Forbidden,

    /// <summary>429 with Retry-After: the quota is used up.</summary>
    Throttled,

    /// <summary>500 without having taken the mail.</summary>
    ServerError,

    /// <summary>500 after the mail was taken.</summary>
    ServerErrorAfterAcceptance,

    /// <summary>No answer in time, and the mail was not taken.</summary>
    Timeout,

    /// <summary>No answer in time after the mail was taken.</summary>
    TimeoutAfterAcceptance,

    /// <summary>The host can't be reached.</summary>
    Away,
}
