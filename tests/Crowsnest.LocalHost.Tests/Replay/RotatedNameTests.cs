using Crowsnest.LocalHost.Replay;

namespace Crowsnest.LocalHost.Tests.Replay;

public sealed class RotatedNameTests
{
    [Theory]
    [InlineData("audit.log", "audit-2026-11-26T01-02-03.000.log", null, "20261126010203000")]
    [InlineData("audit.log", "audit-2026-11-26T01-02-03.000.log.gz", null, "20261126010203000")]
    [InlineData("audit.log", "audit.log.1", 1, null)]
    [InlineData("audit.log", "audit.log.12.gz", 12, null)]
    [InlineData("audit.log", "audit.3.log", 3, null)]
    [InlineData("audit.log", "audit.log-20261126", null, "20261126")]
    [InlineData("audit.log", "audit.log-20261126-1795655555.gz", null, "202611261795655555")]
    [InlineData("audit.log", "audit-20261126.log.gz", null, "20261126")]
    [InlineData("audit", "audit.1", 1, null)]
    [InlineData("audit", "audit-20261126.gz", null, "20261126")]
    [InlineData("audit-1.log", "audit-1-2026-11-26T01-02-03.000.log", null, "20261126010203000")]
    [InlineData(".audit", ".audit.1", 1, null)]
    public void Parse_NameThatRotationGives_TellsItsAge(string log, string name, int? number, string? date) =>
        Assert.Equal(new RotatedName(number, date), Parse(log, name));

    [Theory]
    [InlineData("audit.log", "audit-policy.yaml")]
    [InlineData("audit.log", "audit-1.log")]
    [InlineData("audit.log", "audit-8443.log")]
    [InlineData("audit.log", "audit-1-2026-11-26T01-02-03.000.log")]
    [InlineData("audit.log", "audit2.log")]
    [InlineData("audit.log", "audit.log.old")]
    [InlineData("audit.log", "audit.log.1.xz")]
    [InlineData("audit.log", "audit.log.gz")]
    [InlineData("audit.log", "auditd.log-20261126")]
    public void Parse_NameOfSomethingElse_GivesNull(string log, string name) => Assert.Null(Parse(log, name));

    private static RotatedName? Parse(string log, string name)
    {
        (string stem, string extension) = RotatedName.Split(log);
        return RotatedName.Parse(name, stem, extension);
    }
}
