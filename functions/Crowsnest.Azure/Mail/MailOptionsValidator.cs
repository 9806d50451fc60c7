using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Mail;

/// <summary>Checks the mail settings at start.</summary>
[OptionsValidator]
public sealed partial class MailOptionsValidator : IValidateOptions<MailOptions>;
