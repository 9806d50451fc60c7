using System.Text.Json;
using System.Text.Json.Serialization;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Alerts;

/// <summary>The queue message: a claim check to the incident, never its content.</summary>
public sealed record AlertMessage(string Cluster, string Actor, DateOnly Day)
{
    [JsonIgnore]
    public ActorDay Key => new(Cluster, Actor, Day);

    public string ToJson() => JsonSerializer.Serialize(this, AlertMessageJson.Default.AlertMessage);

    /// <summary>Reads a message; null when it is not one.</summary>
    public static AlertMessage? Parse(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, AlertMessageJson.Default.AlertMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
