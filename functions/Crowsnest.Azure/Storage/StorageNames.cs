namespace Crowsnest.Azure.Storage;

/// <summary>Names of containers, tables and queues.</summary>
public static class StorageNames
{
    public const string ArchiveContainer = "archive";
    public const string ModelsContainer = "models";
    public const string RulesContainer = "rules";
    public const string DetectionsTable = "detections";
    public const string IncidentsTable = "incidents";
    public const string ActivityTable = "activity";
    public const string FeedsTable = "feeds";
    public const string SuppressionsTable = "suppressions";
    public const string AlertsTable = "alerts";
    public const string AlertsQueue = "alerts";
    public const string PoisonQueue = AlertsQueue + "-poison";
    public const string CorrelateQueue = "correlate";
    public const string WebhookQueue = "webhook";
    public const string WebhookContainer = "webhook";
    public const string LeasesContainer = "leases";
    public const string CurrentModel = "current.json";
    public const string LastTraining = "last-training.json";
}
