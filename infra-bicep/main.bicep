targetScope = 'resourceGroup'

metadata name = 'Crowsnest'
metadata description = 'Watches the audit log of an AKS cluster: event hub, function app, archive, mail.'

@description('Region of everything; the cluster must be in it too')
param location string = resourceGroup().location
@description('Beginning of resource names: lower-case letters and digits')
@minLength(3)
@maxLength(11)
param prefix string = 'crowsnest'
@description('Name of the AKS cluster to watch')
param clusterName string
@description('Resource group of the cluster')
param clusterResourceGroup string = resourceGroup().name
@description('Audit category to stream: kube-audit-admin costs less and blinds every rule on reads')
@allowed(['kube-audit', 'kube-audit-admin'])
param auditCategory string = 'kube-audit'
@description('Who gets alert mails, separated by commas')
param alertRecipients string
@description('Address that alert mails come from; with Azure Communication Services one of its domain')
param alertSender string
@description('SMTP server')
param smtpHost string = 'smtp.azurecomm.net'
@description('User name for the SMTP server')
param smtpUsername string
@description('Password for the SMTP server')
@secure()
param smtpPassword string
@description('Makes an Azure Communication Services mail domain')
param deployMailService bool = true
@description('Where mail data is kept')
param mailDataLocation string = 'Europe'
@description('False alerts a day that the model is set for')
@minValue(1)
param falseAlertsPerDay int = 10
@description('Partitions of the hub')
@minValue(1)
@maxValue(32)
param partitionCount int = 4
@description('Days that raw audit records are kept, and what could not be read; they go once they are compacted, never before')
@minValue(30)
param archiveRetentionDays int = 400
@description('Days that the files of events are kept; at least two weeks longer than raw records')
@minValue(30)
param eventsRetentionDays int = 400
@description('Days that the ledger is kept: who did what to what, counted')
@minValue(30)
param ledgerRetentionDays int = 1100
@description('Days that training aggregates are kept')
@minValue(30)
param trainingRetentionDays int = 90
@description('Days that versions of a blob are kept which are no longer the current one')
@minValue(1)
param oldVersionDays int = 30
@description('Days for which an archived record can be neither changed nor deleted')
@minValue(1)
param archiveImmutableDays int = 30
@description('Clusters that post to the audit webhook: name of each and its own secret of 16 characters or more, {name: secret}')
@secure()
param webhookSecrets object = {}
@description('More app settings, such as channels for alerts: Crowsnest__Channels__0__Name and so on')
@secure()
param moreSettings object = {}

var suffix = uniqueString(resourceGroup().id)
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

module identity 'modules/identity.bicep' = {
  name: 'identity'
  params: { location: location, prefix: prefix }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  params: { location: location, prefix: prefix, principalId: identity.outputs.principalId, retentionDays: 30 }
}

module hostStorage 'modules/host-storage.bicep' = {
  name: 'host-storage'
  params: {
    location: location
    name: toLower('${prefix}${take(suffix, 10)}')
    principalId: identity.outputs.principalId
  }
}

module archive 'modules/archive-storage.bicep' = {
  name: 'archive-storage'
  params: {
    location: location
    name: toLower('${prefix}ar${take(suffix, 8)}')
    principalId: identity.outputs.principalId
    rawDays: archiveRetentionDays
    eventsDays: eventsRetentionDays
    ledgerDays: ledgerRetentionDays
    trainingDays: trainingRetentionDays
    oldVersionDays: oldVersionDays
    immutableDays: archiveImmutableDays
  }
}

module eventHub 'modules/event-hub.bicep' = {
  name: 'event-hub'
  params: {
    location: location
    name: '${prefix}-ehns-${take(suffix, 6)}'
    hubName: 'aks-audit'
    consumerGroup: consumerGroup
    partitionCount: partitionCount
    principalId: identity.outputs.principalId
  }
}

module clusterDiagnostics 'modules/cluster-diagnostics.bicep' = {
  name: 'cluster-diagnostics'
  scope: resourceGroup(clusterResourceGroup)
  params: {
    clusterName: clusterName
    diagnosticsRuleId: eventHub.outputs.diagnosticsRuleId
    hubName: eventHub.outputs.hubName
    auditCategory: auditCategory
  }
}

module mail 'modules/mail.bicep' = if (deployMailService) {
  name: 'mail'
  params: { prefix: prefix, dataLocation: mailDataLocation }
}

module app 'modules/function-app.bicep' = {
  name: 'function-app'
  params: {
    location: location
    planName: '${prefix}-plan'
    appName: '${prefix}-func-${take(suffix, 6)}'
    identityId: identity.outputs.id
    packageUri: '${hostStorage.outputs.blobEndpoint}${hostStorage.outputs.packageContainer}'
    instanceMemoryMB: 2048
    maximumInstanceCount: 40
    settings: union(moreSettings, webhookNames, webhookKeys, {
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identity.outputs.clientId
      AzureWebJobsStorage__blobServiceUri: hostStorage.outputs.blobEndpoint
      AzureWebJobsStorage__queueServiceUri: hostStorage.outputs.queueEndpoint
      AzureWebJobsStorage__tableServiceUri: hostStorage.outputs.tableEndpoint
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
      Crowsnest__Mail__From: alertSender
      Crowsnest__Mail__To: alertRecipients
      Crowsnest__Mail__Host: smtpHost
      Crowsnest__Mail__Username: smtpUsername
      Crowsnest__Mail__Password: smtpPassword
    })
  }
}

output functionAppName string = app.outputs.name
output investigateUri string = 'https://${app.outputs.hostName}/api/investigate/days'
