using System.IO.Compression;
using System.Text;
using Crowsnest.LocalHost.Triggers;
using Crowsnest.Testing;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>
/// Who floods the pipeline to hide a grave act gets it told all the same, through the hub, the function app and the mail folder,
/// with the settings that come with it.
/// </summary>
public sealed class FloodTests(ITestOutputHelper output)
{
    private const string Mallory = "mallory@example.org";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ThousandsOfOwnReads_ThenATakeover_OneMailTellsIt()
    {
        IEnumerable<EventJson> reads = Enumerable.Range(0, 2_100).Select(static i => Act(i) with
        {
            Verb = "get",
            Resource = "secrets",
            Namespace = "dev",
            Name = "own",
            User = Mallory,
            Code = 200,
            Level = "Metadata",
        });

        List<MimeMessage> mails = await TellAsync([.. reads.Select(Bytes), .. Takeover().Select(Bytes)]);

        MimeMessage mail = Assert.Single(mails);
        Assert.Contains("clusterrolebindings", mail.TextBody, StringComparison.Ordinal);
        Assert.Single(mail.TextBody!.Split('\n'), static line => line.Contains("Secret read by a person, 2,000 events", StringComparison.Ordinal));
        Assert.Contains("lesser findings that are only counted", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FloodsThatAnybodyCanMake_ThenATakeover_FloodIsALineOfTheSummary()
    {
        IEnumerable<EventJson> dryRuns = Enumerable.Range(0, 31).Select(static i => Act(i) with
        {
            User = $"system:serviceaccount:ci:build-{i}",
            Namespace = "ci",
            Name = $"job-{i}",
            RequestUri = $"/api/v1/namespaces/ci/pods/job-{i}?dryRun=All",
            RequestObject = """{"spec":{"containers":[{"name":"c","image":"alpine","args":["xmrig"],"securityContext":{"privileged":true}}]}}""",
        });
        IEnumerable<EventJson> documents = Enumerable.Range(0, 30).Select(static i => Act(40 + i) with
        {
            User = "system:anonymous",
            Groups = ["system:unauthenticated"],
            Verb = "get",
            Resource = "",
            RequestUri = "/openid/v1/jwks",
            SourceIPs = [$"2001:db8:{i:x}::1"],
            Code = 200,
            Level = "Metadata",
        });
        IEnumerable<EventJson> refused = Enumerable.Range(0, 19).Select(static i => Act(80 + i) with
        {
            User = $"system:serviceaccount:web:app-{i}",
            Verb = "list",
            Resource = "secrets",
            Namespace = "",
            Name = "",
            RequestUri = "/api/v1/secrets",
            Code = 403,
            Level = "Metadata",
        });

        List<MimeMessage> mails = await TellAsync([.. dryRuns.Concat(documents).Concat(refused).Select(Bytes), .. Takeover().Select(Bytes)]);

        Assert.Single(mails, static mail => mail.TextBody!.Contains("clusterrolebindings", StringComparison.Ordinal));
        Assert.InRange(mails.Count, 1, 30);
    }

    [Fact]
    public async Task BombAndATimeInTheFuture_TakeoverIsToldNow()
    {
        IEnumerable<ReadOnlyMemory<byte>> later = Takeover().Select(static act => Bytes(act with { Time = act.Time.AddDays(3) }));

        List<MimeMessage> mails = await TellAsync([Bomb(), .. later]);

        Assert.Single(mails, static mail => mail.TextBody!.Contains("clusterrolebindings", StringComparison.Ordinal));
    }

    private static IEnumerable<EventJson> Takeover() =>
    [
        Act(3_000) with
        {
            User = Mallory, Resource = "clusterrolebindings", ApiGroup = "rbac.authorization.k8s.io", Namespace = "", Name = "b",
            RequestUri = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            RequestObject = """{"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"eve@example.org"}]}""",
        },
        Act(3_001) with { User = Mallory, Verb = "list", Resource = "secrets", Namespace = "", Name = "", RequestUri = "/api/v1/secrets", Code = 200 },
    ];

    // What happens now, a hundredth of a second after the one before.
    private static EventJson Act(int number) => new()
    {
        AuditId = Guid.NewGuid().ToString(),
        Time = TimeProvider.System.GetUtcNow().AddMinutes(-1).AddMilliseconds(10 * number),
    };

    private static ReadOnlyMemory<byte> Bytes(EventJson act) => Encoding.UTF8.GetBytes($"{{\"records\":[{act.ToAksRecord()}]}}");

    // Two million records of a few bytes each.
    private static ReadOnlyMemory<byte> Bomb()
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.SmallestSize))
        {
            byte[] line = "{}\n"u8.ToArray();
            for (int i = 0; i < 2_000_000; i++)
            {
                gzip.Write(line);
            }
        }

        return packed.ToArray();
    }

    // Sends them all, and waits for the mail that tells of the takeover. Returns all mails there are then.
    private async Task<List<MimeMessage>> TellAsync(IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        string data = Directory.CreateTempSubdirectory("crowsnest-flood-").FullName;
        List<MimeMessage> mails = [];
        await using (LocalStack stack = await LocalStack.StartAsync(
            LocalStackFixture.Options(data), TimeProvider.System, static _ => { }, Cancellation))
        {
            await Steps.SendAsync(stack.Emulators.Hub, messages);
            long sent = TimeProvider.System.GetTimestamp();
            await Steps.DealtWithAsync(stack);
            TimerTrigger correlation = stack.Timers.Single(static timer => timer.Name == "CorrelateActivity");
            Assert.True((await correlation.FireAsync(Cancellation)).Succeeded);
            while (!mails.Exists(static mail => mail.TextBody!.Contains(Mallory, StringComparison.Ordinal)))
            {
                Assert.InRange(TimeProvider.System.GetElapsedTime(sent), TimeSpan.Zero, Patience);
                await Task.Delay(200, Cancellation);
                mails = await MailsAsync(Path.Combine(data, "mails"));
            }

            output.WriteLine($"told {TimeProvider.System.GetElapsedTime(sent).TotalSeconds:0.0} s after the last message was sent");
        }

        Directory.Delete(data, recursive: true);
        return mails;
    }

    private static async Task<List<MimeMessage>> MailsAsync(string folder)
    {
        List<MimeMessage> mails = [];
        foreach (string file in Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.eml") : [])
        {
            mails.Add(await MimeMessage.LoadAsync(file, Cancellation));
        }

        return mails;
    }
}
