using Crowsnest.Azure.Storage;
using Crowsnest.Azure.Training;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Training;

/// <summary>What analysts say decides what the next training may take for usual.</summary>
public sealed class AnswersInTrainingTests
{
    private static readonly Incident Incident = IncidentBuilder.Group(
        [Some.Detection("low", 0, Severity.Low), Some.Detection("grave", 10), Some.Detection("later", 40)])[0];

    [Fact]
    public void NotToLearn_NobodySaidAnything_IsWhatIsGraveOfAnAlert() => Assert.Equal(["grave", "later"], NotToLearn());

    [Fact]
    public void NotToLearn_Attack_IsEverything() => Assert.Equal(["low", "grave", "later"], NotToLearn((Answer.Attack, 20)));

    // Who continues an incident that was said to be meant is not meant with it.
    [Fact]
    public void NotToLearn_Expected_IsWhatCameSince() => Assert.Equal(["later"], NotToLearn((Answer.Expected, 20)));

    // A habit is what somebody does on several days: it can't be known on the first of them, and then it would never be.
    [Theory]
    [InlineData(Severity.High, 60, new string[0])]
    [InlineData(Severity.High, 20, new[] { "later" })]
    [InlineData(Severity.Critical, 60, new[] { "grave", "later" })]
    public void NotToLearn_FirstDaysOfItsCluster_IsWhatWasToldAtOnce(Severity severity, int minutes, string[] expected)
    {
        Incident incident = IncidentBuilder.Group([Some.Detection("grave", 10, severity), Some.Detection("later", 40)])[0];
        DateTimeOffset since = Some.Detection("x").Time;

        Assert.Equal(expected, NotToLearn(incident, new FirstDays(since, since.AddMinutes(minutes))));
        Assert.Equal(["grave", "later"], NotToLearn(incident, new FirstDays(since, since.AddMinutes(60)), (Answer.Attack, 20)));
    }

    private static IEnumerable<string> NotToLearn(params (Answer Answer, int Minute)[] said) => NotToLearn(Incident, null, said);

    private static IEnumerable<string> NotToLearn(
        Incident incident, FirstDays? first, params (Answer Answer, int Minute)[] said) => ModelTrainingJob.NotToLearn(
        incident, said.ToDictionary(_ => incident.Id, static one => (one.Answer, Some.Detection("x", one.Minute).Time)), first)
        .Select(static d => d.Id);
}
