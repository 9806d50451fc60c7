using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Features;

public sealed class ProfileTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
    private readonly TraitReader _reader = new(new TraitHasher("a key for tests"u8));

    [Fact]
    public void Surprise_ActionOfEveryHour_IsSmallAndOfNobodyLarge()
    {
        ProfileBuilder builder = new();
        for (int hour = 0; hour < 48; hour++)
        {
            builder.Add(Read(new EventJson { Verb = "list", Time = Monday.AddHours(hour) }));
        }

        Profile profile = builder.Build();

        Assert.True(profile.Surprise(Action(new EventJson { Verb = "list" })) < 0.5);
        Assert.True(profile.Surprise(Action(new EventJson { Verb = "delete" })) > 8);
    }

    [Fact]
    public void Surprise_ActionOfPeers_LiesBetween()
    {
        ProfileBuilder builder = new();
        for (int hour = 0; hour < 48; hour++)
        {
            builder.Add(Read(new EventJson { Verb = "list", Time = Monday.AddHours(hour) }));
            builder.Add(Read(new EventJson { Verb = "patch", User = "joe@example.org", Time = Monday.AddHours(hour) }));
        }

        Profile profile = builder.Build();
        double own = profile.Surprise(Action(new EventJson { Verb = "list" }));
        double peers = profile.Surprise(Action(new EventJson { Verb = "patch" }));
        double nobody = profile.Surprise(Action(new EventJson { Verb = "delete" }));

        Assert.True(own < peers && peers < nobody, $"{own} {peers} {nobody}");
    }

    [Fact]
    public void Add_BurstWithinAnHour_CountsOnce()
    {
        ProfileBuilder once = new();
        ProfileBuilder burst = new();
        once.Add(Read(new EventJson()));
        for (int i = 0; i < 1_000; i++)
        {
            burst.Add(Read(new EventJson { Time = new EventJson().Time.AddSeconds(i) }));
        }

        Assert.Equal(once.Build().Values.OrderBy(static pair => pair.Key), burst.Build().Values.OrderBy(static pair => pair.Key));
    }

    [Fact]
    public void Build_WithoutADay_HasNotSeenIt()
    {
        ProfileBuilder builder = new();
        builder.Add(Read(new EventJson { Verb = "list", Time = Monday }));
        builder.Add(Read(new EventJson { Verb = "delete", Time = Monday.AddDays(1) }));
        Term deletion = Action(new EventJson { Verb = "delete" });

        Profile others = builder.Build(without: builder.FoldOf(Monday.AddDays(1)));

        Assert.Equal(1, builder.Build().HoursWith(deletion.Principal, deletion.Value));
        Assert.Equal(0, others.HoursWith(deletion.Principal, deletion.Value));
    }

    [Fact]
    public void Hash_OtherKey_GivesOtherHashes() =>
        Assert.NotEqual(new TraitHasher("one"u8).Hash("jane"), new TraitHasher("two"u8).Hash("jane"));

    private Term Action(EventJson json) => Read(json).Terms[(int)TraitName.Action];

    private EventTraits Read(EventJson json)
    {
        EventTraits traits = new();
        using EventView view = new(json.ToEvent());
        _reader.Read(view, traits);
        return traits;
    }
}
