using Azure.Core.Pipeline;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Channels;
using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Digests;
using Crowsnest.Azure.Feedback;
using Crowsnest.Azure.Feeds;
using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Mail;
using Crowsnest.Azure.Storage;
using Crowsnest.Azure.Training;
using Crowsnest.Azure.Webhook;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure;

/// <summary>Adds Crowsnest to a host.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>Adds intake, correlation, alerts and training with their settings, which are checked at start.</summary>
    /// <exception cref="OptionsValidationException">Some settings are not right; it names all of them.</exception>
    public static IServiceCollection AddCrowsnest(this IServiceCollection services, IConfiguration configuration)
    {
        new SettingsCheck(configuration)
            .Section<CrowsnestOptions>(CrowsnestOptions.Section)
            .Section<MailOptions>(MailOptions.Section)
            .Section<WebhookOptions>(WebhookOptions.Section)
            .Section<CompactionOptions>(CompactionOptions.Section)
            .Section<InvestigationOptions>(InvestigationOptions.Section)
            .Section<ConsoleOptions>(ConsoleOptions.Section)
            .List<WebhookChannelOptions>(WebhookChannelOptions.Section, static channel => channel.Name)
            .List<CanaryOptions>(CanaryOptions.Section, static canary => canary.Cluster)
            .ThrowIfWrong();
        return services.AddSettings(configuration).AddStorage().AddIngestion().AddCorrelation()
            .AddAlerts(configuration).AddFeeds(configuration).AddTraining();
    }

    private static IServiceCollection AddSettings(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<IValidateOptions<CrowsnestOptions>, CrowsnestOptionsValidator>();
        services.AddOptions<CrowsnestOptions>().Bind(configuration.GetSection(CrowsnestOptions.Section))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsValidator>();
        services.AddOptions<MailOptions>().Bind(configuration.GetSection(MailOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<WebhookOptions>, WebhookOptionsValidator>();
        services.AddOptions<WebhookOptions>().Bind(configuration.GetSection(WebhookOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<CompactionOptions>, CompactionOptionsValidator>();
        services.AddOptions<CompactionOptions>().Bind(configuration.GetSection(CompactionOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<InvestigationOptions>, InvestigationOptionsValidator>();
        services.AddOptions<InvestigationOptions>().Configure(static options => options.LimitToService())
            .Bind(configuration.GetSection(InvestigationOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<ConsoleOptions>, ConsoleOptionsValidator>();
        services.AddOptions<ConsoleOptions>().Bind(configuration.GetSection(ConsoleOptions.Section)).ValidateOnStart();
        services.AddSingleton(TimeProvider.System);
        return services;
    }

    private static IServiceCollection AddStorage(this IServiceCollection services) => services
        .AddSingleton<StorageClients>()
        .AddSingleton<BlobArchive>()
        .AddSingleton<IArchiveStore>(static provider => new BlobArchiveStore(provider.GetRequiredService<StorageClients>().Archive))
        .AddSingleton<DetectionTable>()
        .AddSingleton<DetectionLinks>()
        .AddSingleton<IncidentTable>()
        .AddSingleton<ActivityTable>()
        .AddSingleton<ChangeTable>()
        .AddSingleton<OldMarks>()
        .AddSingleton<AlertTable>()
        .AddSingleton<AlertJournal>()
        .AddSingleton<SuppressionTable>()
        .AddSingleton<FeedbackTable>()
        .AddSingleton<CaseTable>()
        .AddSingleton<CanaryTable>()
        .AddSingleton<ClusterTable>()
        .AddSingleton<FeedTable>()
        .AddSingleton<BatchTable>()
        .AddSingleton<TableRetention>();

    private static IServiceCollection AddIngestion(this IServiceCollection services) => services
        .AddSingleton<CurrentModel>()
        .AddSingleton<CurrentRules>()
        .AddSingleton<PipelinePool>()
        .AddMetrics()
        .AddSingleton<IntakeMetrics>()
        .AddSingleton<WebhookGuard>()
        .AddSingleton<WebhookPlaces>()
        .AddSingleton<WebhookBodies>()
        .AddSingleton<RefusedBodies>()
        .AddSingleton<UrgentClusters>()
        .AddSingleton<IAuditIngestor, AuditIngestor>()
        .AddSingleton<BatchRescue>();

    private static IServiceCollection AddCorrelation(this IServiceCollection services) => services
        .AddSingleton<IncidentReader>()
        .AddSingleton<IncidentIndex>()
        .AddSingleton<NewClusters>()
        .AddSingleton<IncidentUpdater>()
        .AddSingleton<SurgeFinder>()
        .AddSingleton<ICorrelationQueue, CorrelationQueue>()
        .AddSingleton<ClusterCorrelator>()
        .AddSingleton<ActivityCorrelator>();

    private static IServiceCollection AddAlerts(this IServiceCollection services, IConfiguration configuration)
    {
        foreach (WebhookChannelOptions options in OptionsList.Read<WebhookChannelOptions>(
            configuration, WebhookChannelOptions.Section, static channel => channel.Name))
        {
            ChannelHttp.Add(services, options.Name);
            services.AddSingleton<IAlertChannel>(provider => ActivatorUtilities.CreateInstance<WebhookChannel>(provider, options));
        }

        return services
            .AddSingleton<IAlertQueue, AlertQueue>()
            .AddSingleton<AlertBudget>()
            .AddSingleton<AlertSummaries>()
            .AddSingleton<LinkKey>()
            .AddSingleton<AnswerLinks>()
            .AddSingleton<AnswerDesk>()
            .AddSingleton<CaseDesk>()
            .AddSingleton<EvidenceReader>()
            .AddSingleton<QuestionDesk>()
            .AddSingleton<RuleTrial>()
            .AddSingleton<AlertSender>()
            .AddSingleton<IAlertChannel, MailChannel>()
            .AddSingleton(MailTransportOf);
    }

    private static IMailTransport MailTransportOf(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<MailOptions>>().Value switch
        {
            { Endpoint.Length: > 0 } mail => ActivatorUtilities.CreateInstance<EmailServiceTransport>(
                provider, AzureCredential.From(mail.Credential, mail.ClientId), HttpClientTransport.Shared),
            { Host.Length: > 0 } => ActivatorUtilities.CreateInstance<SmtpTransport>(provider),
            _ => ActivatorUtilities.CreateInstance<PickupFolderTransport>(provider),
        };

    private static IServiceCollection AddFeeds(this IServiceCollection services, IConfiguration configuration) => services
        .AddSingleton(OptionsList.Read<CanaryOptions>(configuration, CanaryOptions.Section, static canary => canary.Cluster))
        .AddSingleton<PoisonedAlerts>()
        .AddSingleton<FeedHourTable>()
        .AddSingleton<FeedArrivals>()
        .AddSingleton<UnreadFeeds>()
        .AddSingleton<UntrainedModel>()
        .AddSingleton<FeedWatcher>()
        .AddSingleton<DigestReader>()
        .AddSingleton<DigestJob>();

    private static IServiceCollection AddTraining(this IServiceCollection services) => services
        .AddSingleton<ModelStore>()
        .AddSingleton<ModelMetrics>()
        .AddSingleton<ArchiveCompactionJob>()
        .AddSingleton<ModelTrainingJob>();
}
