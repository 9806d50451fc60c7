namespace Crowsnest.Learning;

/// <summary>A row of an hour's aggregate of which some requests must not be learned.</summary>
/// <param name="Alerted">How many.</param>
/// <param name="FirstAlerted">Ticks of the first of them.</param>
/// <param name="FirstOther">Ticks of the first of the others; null when there are none.</param>
internal readonly record struct AlertedRow(int Alerted, long? FirstAlerted, long? FirstOther);
