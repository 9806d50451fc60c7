using Microsoft.Extensions.Options;

namespace Crowsnest.Azure;

/// <summary>Checks the settings of the console.</summary>
[OptionsValidator]
internal sealed partial class ConsoleOptionsValidator : IValidateOptions<ConsoleOptions>;
