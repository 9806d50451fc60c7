using System.Net;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Alerting;

/// <summary>
/// A recorded, expiring reason not to alert. It hides the detections that match every field that is named, and nothing else
/// of their incident: what else the same actor does still alerts.
/// </summary>
public sealed record Suppression
{
    /// <summary>Stands for every cluster.</summary>
    public const string AllClusters = "*";

    /// <summary>Follows from the fields, so that the same made twice is one.</summary>
    public string Id => ContentId.Of(Cluster, Rule, Principal, Source, Target);

    /// <summary>The cluster, or <see cref="AllClusters"/>.</summary>
    public required string Cluster { get; init; }

    /// <summary>Id of a rule, or <c>anomaly-model</c>; empty for any.</summary>
    public string Rule { get; init; } = "";

    /// <summary>The principal; <c>*</c> stands for any text; empty for any.</summary>
    public string Principal { get; init; } = "";

    /// <summary>Client address or network such as 10.0.0.0/8; empty for any.</summary>
    public string Source { get; init; } = "";

    /// <summary>On what, as alerts say it, for example <c>pods/exec web-* in shop</c>; empty for any.</summary>
    public string Target { get; init; } = "";

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Who says so.</summary>
    public required string Author { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Events after this alert again; those before stay hidden, so that its end is no flood of old alerts.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>A field's value that means just this text: whoever chose it may have chosen a wildcard.</summary>
    public static string Literally(string text) => Glob.Escape(text);

    /// <summary>What is wrong with it, in words, or null.</summary>
    public string? Problem() =>
        Rule.Length + Principal.Length + Source.Length + Target.Length == 0
            ? "name at least one of rule, principal, source and target: this would hide everything"
        : Reason.Trim().Length == 0 ? "give a reason"
        : Author.Trim().Length == 0 ? "give an author"
        : Until <= Created ? "it has to end later than now"
        : Source.Length > 0 && Network(Source) is null ? $"{Source} is neither an address nor a network such as 10.0.0.0/8"
        : null;

    /// <summary>True for a detection that it hides.</summary>
    public bool Hides(Detection detection) => Test()(detection);

    /// <summary>The test that is true for detections that it hides, for asking of many.</summary>
    public Func<Detection, bool> Test()
    {
        Glob? principal = Pattern(Principal);
        Glob? target = Pattern(Target);
        IPNetwork? source = Network(Source);
        return detection => (Cluster == AllClusters || Cluster == detection.Cluster)
            && detection.Time <= Until
            && (Rule.Length == 0 || Rule == detection.Rule.Id)
            && principal?.IsMatch(detection.Principal) != false
            && target?.IsMatch(detection.OnWhat) != false
            && (Source.Length == 0
                || (IPAddress.TryParse(detection.SourceIp, out IPAddress? address) && source?.Contains(address) == true));
    }

    /// <summary>What of an incident is left to tell, with the suppressions that hid the rest.</summary>
    /// <returns>No incident when all of it is hidden.</returns>
    public static (Incident? Left, IReadOnlyList<Suppression> Used) Apply(Incident incident, IReadOnlyCollection<Suppression> suppressions)
    {
        (Suppression Suppression, Func<Detection, bool> Hides)[] tests = [.. suppressions.Select(static one => (one, one.Test()))];
        HashSet<Suppression> used = [];
        List<Detection> left = [];
        foreach (Detection detection in incident.Detections)
        {
            if (tests.FirstOrDefault(test => test.Hides(detection)).Suppression is { } hides)
            {
                used.Add(hides);
            }
            else
            {
                left.Add(detection);
            }
        }

        return (left.Count == 0 ? null : used.Count == 0 ? incident : IncidentBuilder.Restrict(incident, left), [.. used]);
    }

    private static Glob? Pattern(string pattern) => pattern.Length == 0 ? null : new Glob("", pattern, "", ignoreCase: false);

    private static IPNetwork? Network(string text) =>
        IPNetwork.TryParse(text, out IPNetwork network) ? network
        : IPAddress.TryParse(text, out IPAddress? address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : null;
}
