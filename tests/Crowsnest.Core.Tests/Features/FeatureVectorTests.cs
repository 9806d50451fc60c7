using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Features;

public sealed class FeatureVectorTests
{
    private static readonly TraitReader Reader = new(new TraitHasher("key"u8));

    [Fact]
    public void Explain_KnownPrincipalOnANewKindOfObject_DoesNotSayItWasNeverSeen()
    {
        Profile profile = Learned(new EventJson { Resource = "pods" });
        EventTraits traits = Read(new EventJson { Resource = "secrets", Namespace = "pay" });

        string there = FeatureVector.Explain(profile, traits, (int)TraitName.ActionInNamespace, "create secrets in pay");
        string unseen = FeatureVector.Explain(profile, traits, EventTraits.TermCount, "");

        Assert.Contains("this principal never did anything of the kind", there, StringComparison.Ordinal);
        Assert.Equal("3 things at once that this principal never had before", unseen);
    }

    [Fact]
    public void Explain_NewPrincipal_SaysSo() => Assert.Contains(
        "this principal was never seen before",
        FeatureVector.Explain(
            Learned(new EventJson()),
            Read(new EventJson { User = "new@example.org" }),
            (int)TraitName.Action,
            "create pods"),
        StringComparison.Ordinal);

    [Fact]
    public void Compute_DeniedAsUsual_SurprisesLessThanDenialsOfOthers()
    {
        EventJson denied = new() { Code = 403 };
        Profile profile = Learned(new EventJson { Verb = "get", Code = 200 }, denied);

        float usual = Vector(profile, denied)[(int)TraitName.Action];
        float other = Vector(profile, denied with { Resource = "secrets" })[(int)TraitName.Action];
        float allowed = Vector(profile, denied with { Code = 201 })[(int)TraitName.Action];

        Assert.True(usual + 3 < other, $"{usual} against {other}");
        Assert.True(usual + 3 < allowed, $"{usual} against {allowed}");
    }

    private static float[] Vector(Profile profile, EventJson json)
    {
        float[] vector = new float[FeatureVector.Length];
        FeatureVector.Compute(new SurpriseMemo(profile), Read(json), vector);
        return vector;
    }

    private static Profile Learned(params EventJson[] events)
    {
        ProfileBuilder builder = new();
        foreach (EventJson json in events)
        {
            builder.Add(Read(json));
        }

        return builder.Build();
    }

    private static EventTraits Read(EventJson json)
    {
        EventTraits traits = new();
        using EventView view = new(json.ToEvent());
        Reader.Read(view, traits);
        return traits;
    }
}
