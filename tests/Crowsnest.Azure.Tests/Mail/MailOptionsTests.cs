using Crowsnest.Azure.Mail;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Tests.Mail;

public sealed class MailOptionsTests
{
    private static readonly MailOptionsValidator Validator = new();

    [Fact]
    public void Validate_Defaults_AreRight() => Assert.False(Validator.Validate(null, new MailOptions()).Failed);

    [Fact]
    public void Validate_BadSettings_SayWhatIsWrong()
    {
        (MailOptions Options, string Problem)[] cases =
        [
            (new() { To = "a@example.org, b@@example" }, "'b@@example' is no mail address"),
            (new() { From = "nobody at all" }, "'nobody at all' is no mail address"),
            (new() { To = ", ," }, "To names nobody"),
            (new() { CertificateAuthority = "/nowhere/ca.pem" }, "there is no file /nowhere/ca.pem"),
            (new() { Endpoint = "http://plain.example.org" }, "Endpoint 'http://plain.example.org' must begin with https://"),
            (new() { Endpoint = "https://a.example.org", Host = "b" }, "set Endpoint or Host, not both"),
            (new() { Route = new() { QuietHours = "all night" } }, "QuietHours 'all night'"),
            (new() { Route = new() { Tactics = "stealing" } }, "'stealing' is not a tactic"),
        ];

        foreach ((MailOptions options, string problem) in cases)
        {
            ValidateOptionsResult result = Validator.Validate(null, options);
            Assert.Contains(problem, result.FailureMessage ?? "", StringComparison.Ordinal);
        }
    }
}
