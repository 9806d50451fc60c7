using System.Text.Json;
using System.Text.Json.Serialization;
using Crowsnest.Azure.Storage;

namespace Crowsnest.Azure.Alerts;

/// <summary>What a link in an alert stands for.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Day">The day on which the incident began.</param>
/// <param name="Incident">Its id.</param>
/// <param name="Answer">What the link says, or null for one that only shows the evidence.</param>
/// <param name="Expires">When it ends, Unix seconds.</param>
public sealed record AnswerTicket(string Cluster, DateOnly Day, string Incident, Answer? Answer, long Expires);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AnswerTicket))]
internal sealed partial class AnswerTicketJson : JsonSerializerContext;
