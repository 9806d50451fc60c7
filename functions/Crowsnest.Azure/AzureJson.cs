using System.Text.Json;
using System.Text.Json.Serialization;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Feedback;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Feeds;

namespace Crowsnest.Azure;

/// <summary>JSON of what lies in queues, tables and links.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AlertMessage))]
[JsonSerializable(typeof(Suppression))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(AnswerTicket))]
[JsonSerializable(typeof(FeedHour))]
internal sealed partial class AzureJson : JsonSerializerContext;
