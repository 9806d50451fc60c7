using Microsoft.Extensions.Options;

namespace Crowsnest.Azure;

/// <summary>Checks the settings at start.</summary>
[OptionsValidator]
public sealed partial class CrowsnestOptionsValidator : IValidateOptions<CrowsnestOptions>;
