using System.Globalization;
using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Intake;

/// <summary>Real messages, and what is read of them, as text that a person approved.</summary>
public sealed class ApprovedReadingTests
{
    [Theory]
    [InlineData("aks", "*.json")]
    [InlineData("webhook-bodies", "*.json.gz")]
    public void Read_RealMessages_GiveWhatWasApproved(string folder, string pattern) => Check(
        folder, Directory.EnumerateFiles(RepositoryFiles.Fixture(folder), pattern));

    [Fact]
    public void Read_MessagesThatMayNotBeCommitted_GiveWhatWasApproved()
    {
        // Samples of vendors' documentation: what is read of them is kept here, they themselves are not.
        string? folder = AppContext.GetData("Crowsnest.Messages") as string;
        Assert.SkipWhen(folder is null, "no folder of further messages was given (-p:Messages=FOLDER)");

        // The folder may hold other things too.
        const string Title = "# ";
        IEnumerable<string> approved = File.ReadLines(RepositoryFiles.Fixture("approved/further-messages.txt"))
            .Where(static line => line.StartsWith(Title, StringComparison.Ordinal))
            .Select(static line => line[Title.Length..line.IndexOf(':', StringComparison.Ordinal)]);
        Check("further-messages", approved.Select(name => Path.Combine(folder!, name)));
    }

    private static void Check(string name, IEnumerable<string> files)
    {
        StringBuilder text = new();
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            using IntakeBatch batch = new();
            new MessageReader(new AuditEventParser(), "unnamed").Read(
                new HubMessage(File.ReadAllBytes(file), 1, DateTimeOffset.UnixEpoch), batch);
            text.Append(CultureInfo.InvariantCulture, $"# {Path.GetFileName(file)}: {batch.Counts}\n");
            foreach (IntakeRecord record in batch.Records)
            {
                text.Append(record.Event is { } audit ? Line(record, audit) : $"{record.Outcome} {record.Reason} {record.Cluster}")
                    .Append('\n');
            }
        }

        Assert.True(Approval.Matches(name, text.ToString()), $"tests/fixtures/approved/{name}.received.txt differs");
    }

    private static string Line(IntakeRecord record, AuditEvent audit)
    {
        ObjectRef target = audit.ObjectRef;
        string what = target.Resource.Length == 0
            ? audit.RequestUri
            : $"{target.Resource}/{target.Subresource} {target.Namespace}/{target.Name}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{record.Outcome} {record.Cluster} {(audit.AuditId.Length > 8 ? audit.AuditId[..8] : audit.AuditId)} "
            + $"{audit.Stage} {audit.Level} {audit.Time.UtcDateTime:HH:mm:ss.ffffff} {audit.Verb} "
            + $"{what} "
            + $"by {audit.Principal} ({audit.PrincipalClass}, pod {audit.User.PodName}) "
            + $"from {audit.ClientAddress} with {audit.UserAgent.Split(' ')[0]} "
            + $"= {audit.ResponseCode} {audit.Annotation("authorization.k8s.io/decision")} "
            + $"bodies {audit.RequestObject.Length}/{audit.ResponseObject.Length}");
    }
}
