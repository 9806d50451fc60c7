using Crowsnest.LocalHost.Replay;

namespace Crowsnest.LocalHost.Tests.Replay;

public sealed class FollowPlaceFileTests : IDisposable
{
    private static readonly FollowPlace Place = new(4, Fingerprint.Of("head"u8), Fingerprint.Of("tail"u8), null);

    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-place-").FullName;
    private readonly List<string> _said = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Read_NothingStored_GivesNullAndSaysNothing()
    {
        Assert.Null(await Places().ReadAsync(TestContext.Current.CancellationToken));
        Assert.Empty(_said);
    }

    [Fact]
    public async Task Read_AfterWrites_GivesTheLastPlace()
    {
        await Places().WriteAsync(FollowPlace.Beginning, TestContext.Current.CancellationToken);
        await Places().WriteAsync(Place, TestContext.Current.CancellationToken);

        Assert.Equal(Place, await Places().ReadAsync(TestContext.Current.CancellationToken));
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "follow")));
    }

    [Fact]
    public async Task Read_OtherFile_GivesNull()
    {
        await Places().WriteAsync(Place, TestContext.Current.CancellationToken);

        Assert.Null(await Places("other.log").ReadAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"file\": \"/var/log/aud")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"file\": 5, \"place\": 7}")]
    [InlineData("{\"file\": \"/elsewhere/audit.log\", \"place\": \"1.0\"}")]
    public async Task Read_BrokenFile_SaysSoAndGivesNull(string content)
    {
        FollowPlaceFile places = Places();
        await places.WriteAsync(Place, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(places.FileName, content, TestContext.Current.CancellationToken);

        Assert.Null(await places.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Contains(places.FileName, Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_KilledWhileWriting_GivesThePlaceBefore()
    {
        FollowPlaceFile places = Places();
        await places.WriteAsync(Place, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(places.FileName + ".tmp", "{\"fi", TestContext.Current.CancellationToken);

        Assert.Equal(Place, await places.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Empty(_said);
    }

    [Fact]
    public async Task Write_WhereNothingCanBeWritten_SaysItOnce()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "follow"), "a file", TestContext.Current.CancellationToken);
        FollowPlaceFile places = Places();

        await places.WriteAsync(Place, TestContext.Current.CancellationToken);
        await places.WriteAsync(Place, TestContext.Current.CancellationToken);

        Assert.Single(_said);
    }

    private FollowPlaceFile Places(string name = "audit.log") => new(_folder, Path.Combine(_folder, name), _said.Add);
}
