using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Investigation;

[OptionsValidator]
internal sealed partial class InvestigationOptionsValidator : IValidateOptions<InvestigationOptions>;
