using System.Text.Json;

namespace Crowsnest.Azure.Storage;

/// <summary>The queue message: a claim check to the incident, never its content.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Day">The day on which the incident began.</param>
/// <param name="Incident">Its id.</param>
/// <param name="Actor">Who began it.</param>
/// <param name="Revision">1 for the first alert about it, then one more each time.</param>
/// <param name="Channel">The only channel that is still to get it; empty for all.</param>
/// <param name="Attempt">How often it was tried in vain.</param>
public sealed record AlertMessage(
    string Cluster,
    DateOnly Day,
    string Incident,
    string Actor,
    int Revision,
    string Channel = "",
    int Attempt = 0)
{
    public string ToJson() => JsonSerializer.Serialize(this, StorageJson.Default.AlertMessage);

    /// <summary>Reads a message; null when it is not one.</summary>
    public static AlertMessage? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, StorageJson.Default.AlertMessage) is { Cluster.Length: > 0, Actor.Length: > 0 } message
                ? message : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
