namespace Crowsnest.Functions.Pages.Access;

/// <summary>What somebody may do in the console; each may do what those above may. The names are those of the app roles in Entra.</summary>
public enum ConsoleRole
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>See incidents, evidence and feeds, and ask the questions that have a form.</summary>
    Reader,

    /// <summary>Change the state of incidents, suppress, and ask in SQL.</summary>
    Analyst,

    /// <summary>Roll models back, and see the settings.</summary>
    Admin,
}
