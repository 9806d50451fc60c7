using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Compaction;

[OptionsValidator]
internal sealed partial class CompactionOptionsValidator : IValidateOptions<CompactionOptions>;
