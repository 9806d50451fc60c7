targetScope = 'resourceGroup'

metadata name = 'Crowsnest'
metadata description = 'What watches clusters: event hub, function app, archive, mail, alarms. main.bicep deploys it with a resource group.'

@description('Region of everything; the clusters must be in it too')
param location string = resourceGroup().location
@description('Beginning of resource names: lower-case letters and digits')
@minLength(3)
@maxLength(11)
param prefix string
@description('What makes names unique in the world')
param token string
@description('Tags')
param tags object
@description('True when clusters send into the hub')
param hasClusters bool
@description('Who gets alert mails, separated by commas')
param alertRecipients string
@description('Address that alert mails come from; empty for one of the domain that is deployed')
param alertSender string
@description('Sends mails through Azure Communication Services, with the identity of the app')
param mailService bool
@description('Where mail data is kept')
param mailDataLocation string
@description('Resource id of a verified e-mail domain of your own; empty for one that Azure manages')
param mailDomainId string
@description('SMTP server, when mailService is off')
param smtpHost string
@description('User name for the SMTP server')
param smtpUsername string
@description('Password for the SMTP server')
@secure()
param smtpPassword string
@description('False alerts a day that the model is set for')
@minValue(1)
param falseAlertsPerDay int
@description('Partitions of the hub')
@minValue(1)
@maxValue(32)
param partitionCount int
@description('Throughput units that the hub may grow to')
@minValue(1)
@maxValue(40)
param maximumThroughputUnits int
@description('Hours that events wait in the hub')
@minValue(24)
@maxValue(168)
param hubRetentionHours int
@description('Days that raw audit records are kept')
@minValue(30)
param archiveRetentionDays int
@description('Days that the files of events are kept')
@minValue(30)
param eventsRetentionDays int
@description('Days that the ledger is kept')
@minValue(30)
param ledgerRetentionDays int
@description('Days that training aggregates are kept')
@minValue(30)
param trainingRetentionDays int
@description('Days that versions of a blob are kept which are no longer the current one')
@minValue(1)
param oldVersionDays int
@description('Days for which an archived record can be neither changed nor deleted')
@minValue(1)
param archiveImmutableDays int
@description('Kind of redundancy of both accounts')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageSku string
@description('Memory of an instance in MB')
@allowed([512, 2048, 4096])
param instanceMemoryMB int
@description('Most instances at once')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int
@description('Functions that have an instance at any time, and how many')
param alwaysReady { name: string, instanceCount: int }[]
@description('Requests over HTTP that an instance takes at once')
@minValue(1)
@maxValue(1000)
param httpConcurrency int
@description('Instances in several zones')
param zoneRedundant bool
@description('Storage, hub and vault are reached through private endpoints only')
param privateNetwork bool
@description('The app is reached from everywhere')
param publicApp bool
@description('Application in Entra that people sign in to for the console; empty for a closed console')
param consoleClientId string
@description('Address range of the network, /24 or larger')
param networkPrefix string
@description('Whoever operates Crowsnest from a command line; empty for nobody')
param operatorId string
@description('What the operator is')
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorType string
@description('Days that logs are kept')
@minValue(30)
@maxValue(730)
param logRetentionDays int
@description('Most gigabytes of telemetry a day')
@minValue(1)
param dailyCapGb int
@description('Minutes without a message that are silence')
@allowed([15, 30, 60])
param silenceMinutes int
@description('Monthly budget in the billing currency; 0 for none')
@minValue(0)
param monthlyBudget int
@description('First day that the budget counts')
param budgetStart string
@description('Clusters that post to the audit webhook: {name: secret}')
@secure()
param webhookSecrets object
@description('More app settings whose values are secrets; they go into a key vault')
@secure()
param secretSettings object
@description('More app settings')
param moreSettings object

func storageId(name string) string => resourceId('Microsoft.Storage/storageAccounts', name)

var consumerGroup = 'crowsnest'
var webhookClusters = items(webhookSecrets)
var webhookNames = toObject(
  range(0, length(webhookClusters)),
  i => 'Crowsnest__Webhook__Clusters__${i}__Name',
  i => webhookClusters[i].key
)
var webhookKeys = toObject(
  range(0, length(webhookClusters)),
  i => 'Crowsnest__Webhook__Clusters__${i}__Secret',
  i => webhookClusters[i].value
)
var secrets = union(
  secretSettings,
  webhookKeys,
  mailService || empty(smtpPassword) ? {} : { Crowsnest__Mail__Password: smtpPassword }
)
var zones = {
  blob: 'privatelink.blob.${environment().suffixes.storage}'
  queue: 'privatelink.queue.${environment().suffixes.storage}'
  table: 'privatelink.table.${environment().suffixes.storage}'
  hub: 'privatelink.servicebus.windows.net'
  vault: 'privatelink.vaultcore.azure.net'
  app: 'privatelink.azurewebsites.net'
}
var names = {
  host: toLower('${prefix}${take(token, 10)}')
  archive: toLower('${prefix}ar${take(token, 8)}')
  hubs: '${prefix}-ehns-${take(token, 6)}'
  vault: '${take(prefix, 8)}-kv-${take(token, 8)}'
  app: '${prefix}-func-${take(token, 6)}'
}

module identity 'modules/identity.bicep' = {
  params: { location: location, name: '${prefix}-id', tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    location: location
    prefix: prefix
    principalId: identity.outputs.principalId
    retentionDays: logRetentionDays
    dailyCapGb: dailyCapGb
    tags: tags
  }
}

module hostStorage 'modules/host-storage.bicep' = {
  params: {
    location: location
    name: names.host
    principalId: identity.outputs.principalId
    operatorId: operatorId
    operatorType: operatorType
    storageSku: storageSku
    isPrivate: privateNetwork
    tags: tags
  }
}

module archive 'modules/archive-storage.bicep' = {
  params: {
    location: location
    name: names.archive
    principalId: identity.outputs.principalId
    rawDays: archiveRetentionDays
    eventsDays: eventsRetentionDays
    ledgerDays: ledgerRetentionDays
    trainingDays: trainingRetentionDays
    oldVersionDays: oldVersionDays
    immutableDays: archiveImmutableDays
    operatorId: operatorId
    operatorType: operatorType
    storageSku: storageSku
    isPrivate: privateNetwork
    tags: tags
  }
}

module eventHub 'modules/event-hub.bicep' = {
  params: {
    location: location
    name: names.hubs
    hubName: 'aks-audit'
    consumerGroup: consumerGroup
    partitionCount: partitionCount
    maximumThroughputUnits: maximumThroughputUnits
    retentionHours: hubRetentionHours
    principalId: identity.outputs.principalId
    isPrivate: privateNetwork
    tags: tags
  }
}

module mail 'modules/mail.bicep' = if (mailService) {
  params: {
    communicationName: '${prefix}-acs-${take(token, 6)}'
    emailName: '${prefix}-email-${take(token, 6)}'
    dataLocation: mailDataLocation
    customDomainId: mailDomainId
    principalId: identity.outputs.principalId
    tags: tags
  }
}

module vault 'modules/key-vault.bicep' = {
  params: {
    location: location
    name: names.vault
    principalId: identity.outputs.principalId
    isPrivate: privateNetwork
    tags: tags
  }
}

module vaultSecrets 'modules/vault-secrets.bicep' = {
  params: { vaultName: names.vault, secrets: secrets }
  dependsOn: [vault]
}

module network 'modules/network.bicep' = if (privateNetwork) {
  params: { location: location, name: '${prefix}-vnet', addressPrefix: networkPrefix, tags: tags }
}

var mailSettings = mailService
  ? {
      Crowsnest__Mail__Endpoint: mail!.outputs.endpoint
      Crowsnest__Mail__Credential: 'managedidentity'
      Crowsnest__Mail__ClientId: identity.outputs.clientId
      Crowsnest__Mail__From: empty(alertSender) ? mail!.outputs.sender : alertSender
    }
  : {
      Crowsnest__Mail__Host: smtpHost
      Crowsnest__Mail__Username: smtpUsername
      Crowsnest__Mail__From: alertSender
    }

var signInSettings = empty(consoleClientId)
  ? {}
  : { OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID: identity.outputs.clientId }

module app 'modules/function-app.bicep' = {
  params: {
    location: location
    planName: '${prefix}-plan'
    appName: names.app
    identityId: identity.outputs.id
    packageUri: '${hostStorage.outputs.blobEndpoint}${hostStorage.outputs.packageContainer}'
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    httpConcurrency: httpConcurrency
    zoneRedundant: zoneRedundant
    subnetId: privateNetwork ? network!.outputs.functionsSubnetId : ''
    isPublic: publicApp
    consoleClientId: consoleClientId
    tags: tags
    settings: union(moreSettings, webhookNames, vaultSecrets.outputs.references, mailSettings, signInSettings, {
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.outputs.clientId
      AzureWebJobsStorage__blobServiceUri: hostStorage.outputs.blobEndpoint
      AzureWebJobsStorage__queueServiceUri: hostStorage.outputs.queueEndpoint
      AzureWebJobsStorage__tableServiceUri: hostStorage.outputs.tableEndpoint
      Archive__credential: 'managedidentity'
      Archive__clientId: identity.outputs.clientId
      Archive__blobServiceUri: archive.outputs.blobEndpoint
      AuditHub__credential: 'managedidentity'
      AuditHub__clientId: identity.outputs.clientId
      AuditHub__fullyQualifiedNamespace: eventHub.outputs.fullyQualifiedNamespace
      AUDIT_HUB_NAME: eventHub.outputs.hubName
      AUDIT_CONSUMER_GROUP: consumerGroup
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.outputs.clientId};Authorization=AAD'
      Crowsnest__Compaction__RawDays: string(archiveRetentionDays)
      Crowsnest__FalseAlertsPerDay: string(falseAlertsPerDay)
      Crowsnest__Mail__To: alertRecipients
    })
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (privateNetwork) {
  params: {
    location: location
    prefix: prefix
    networkId: network!.outputs.id
    subnetId: network!.outputs.endpointsSubnetId
    tags: tags
    targets: concat(
      [
        { name: 'blob', id: storageId(names.host), group: 'blob', zone: zones.blob }
        { name: 'queue', id: storageId(names.host), group: 'queue', zone: zones.queue }
        { name: 'table', id: storageId(names.host), group: 'table', zone: zones.table }
        { name: 'archive', id: storageId(names.archive), group: 'blob', zone: zones.blob }
        { name: 'hub', id: resourceId('Microsoft.EventHub/namespaces', names.hubs), group: 'namespace', zone: zones.hub }
        { name: 'vault', id: resourceId('Microsoft.KeyVault/vaults', names.vault), group: 'vault', zone: zones.vault }
      ],
      publicApp
        ? []
        : [{ name: 'app', id: resourceId('Microsoft.Web/sites', names.app), group: 'sites', zone: zones.app }]
    )
    zones: concat(
      [zones.blob, zones.queue, zones.table, zones.hub, zones.vault],
      publicApp ? [] : [zones.app]
    )
  }
  dependsOn: [hostStorage, archive, eventHub, vault, app]
}

module alarms 'modules/alarms.bicep' = {
  params: {
    location: location
    prefix: prefix
    recipients: alertRecipients
    namespaceId: eventHub.outputs.id
    insightsId: monitoring.outputs.insightsId
    silenceMinutes: hasClusters ? silenceMinutes : 0
    monthlyBudget: monthlyBudget
    budgetStart: budgetStart
    tags: tags
  }
}

output appName string = app.outputs.name
output hostName string = app.outputs.hostName
output blobEndpoint string = hostStorage.outputs.blobEndpoint
output queueEndpoint string = hostStorage.outputs.queueEndpoint
output tableEndpoint string = hostStorage.outputs.tableEndpoint
output archiveEndpoint string = archive.outputs.blobEndpoint
output hubName string = eventHub.outputs.hubName
output diagnosticsRuleId string = eventHub.outputs.diagnosticsRuleId
