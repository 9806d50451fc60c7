using System.Text.Json;
using System.Text.Json.Serialization;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Feeds;

namespace Crowsnest.Azure.Storage;

/// <summary>JSON of what lies in queues and tables.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(AlertMessage))]
[JsonSerializable(typeof(Suppression))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(FeedHour))]
[JsonSerializable(typeof(CaseEntry))]
internal sealed partial class StorageJson : JsonSerializerContext;
