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

    private static IEnumerable<string> NotToLearn(params (Answer Answer, int Minute)[] said) => ModelTrainingJob.NotToLearn(
        Incident, said.ToDictionary(static _ => Incident.Id, static one => (one.Answer, Some.Detection("x", one.Minute).Time)))
        .Select(static d => d.Id);
}
