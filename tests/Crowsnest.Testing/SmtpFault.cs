namespace Crowsnest.Testing;

/// <summary>What a mail server does wrong.</summary>
public enum SmtpFault
{
    None,

    /// <summary>Hangs up at once.</summary>
    Away,

    /// <summary>Greets with 554.</summary>
    NoService,

    /// <summary>Refuses every recipient for now, 450.</summary>
    GreyList,

    /// <summary>Refuses every recipient for good, 550.</summary>
    NoSuchUser,

    /// <summary>Refuses the message for now when it has it, 451.</summary>
    LocalError,

    /// <summary>Takes the message and hangs up without an answer.</summary>
    CutAfterData,

    /// <summary>Hangs up before the message.</summary>
    CutBeforeData,

    /// <summary>Never greets.</summary>
    Silent,

    /// <summary>Takes nearly a second for every answer.</summary>
    Slow,
}
