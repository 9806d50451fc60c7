using Crowsnest.Core.Incidents;

namespace Crowsnest.Functions.Pages.Incidents;

/// <summary>The states of the work on an incident, in words.</summary>
internal static class StateText
{
    internal static string Of(CaseState state) => state switch
    {
        CaseState.New => "new",
        CaseState.InProgress => "being looked at",
        CaseState.Attack => "closed as attack",
        CaseState.Expected => "closed as expected",
        _ => "closed as duplicate",
    };
}
