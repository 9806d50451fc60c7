targetScope = 'subscription'

metadata name = 'Crowsnest'
metadata description = 'Watches the audit logs of Kubernetes clusters, from a resource group of its own.'

@description('Name of the environment; the resource group and the tags follow from it')
@minLength(1)
@maxLength(64)
param environmentName string
@description('Region of everything; clusters that send into the hub must be in it')
@metadata({ azd: { type: 'location' } })
param location string
@description('Beginning of resource names: lower-case letters and digits')
@minLength(3)
@maxLength(11)
param prefix string = 'crowsnest'
@description('AKS clusters to watch, of any subscription and resource group: id, and the log categories to stream')
param clusters { id: string, categories: string[] }[]
@description('Who gets alert mails, separated by commas')
param alertRecipients string
@description('Address that alert mails come from; empty for one of the domain that is deployed')
param alertSender string = ''
@description('Sends mails through Azure Communication Services, with the identity of the app')
param mailService bool = true
@description('Where mail data is kept')
param mailDataLocation string = 'Europe'
@description('Resource id of a verified e-mail domain of your own; empty for one that Azure manages')
param mailDomainId string = ''
@description('SMTP server, when mailService is off')
param smtpHost string = ''
@description('User name for the SMTP server')
param smtpUsername string = ''
@description('Password for the SMTP server')
@secure()
param smtpPassword string = ''
@description('False alerts a day that the model is set for')
@minValue(1)
param falseAlertsPerDay int = 3
@description('Partitions of the hub, which can not change later: 4 up to 5 clusters, 8 up to 25, 32 up to 100')
@minValue(1)
@maxValue(32)
param partitionCount int = 4
@description('Throughput units that the hub may grow to. You pay for what it has grown to, and it does not shrink by itself')
@minValue(1)
@maxValue(40)
param maximumThroughputUnits int = 10
@description('Hours that events wait in the hub')
@minValue(24)
@maxValue(168)
param hubRetentionHours int = 168
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
@description('Kind of redundancy of the storage accounts; zones are not in every region')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageSku string = 'Standard_LRS'
@description('Memory of an instance in MB')
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048
@description('Most instances at once')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40
@description('Functions that have an instance at any time: events come all day, and a timer of a minute stops without')
param alwaysReady { name: string, instanceCount: int }[] = [
  { name: 'function:IngestAuditEvents', instanceCount: 1 }
  { name: 'function:CorrelateActivity', instanceCount: 1 }
]
@description('Requests over HTTP that an instance takes at once')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 16
@description('Instances in several zones; always-ready functions then need two')
param zoneRedundant bool = false
@description('Storage, hub and vault are reached through private endpoints only')
param privateNetwork bool = false
@description('The app is reached from everywhere; without it publishing and the links in alerts work from inside the network only')
param publicApp bool = !privateNetwork
@description('Application in Entra that people sign in to for the console; empty for a closed console')
param consoleClientId string = ''
@description('Address range of the network, /24 or larger')
param networkPrefix string = '10.77.0.0/24'
@description('Whoever operates Crowsnest from a command line gets roles on its data; empty for nobody')
param operatorId string = deployer().objectId
@description('What the operator is')
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorType string = 'User'
@description('Days that logs are kept')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30
@description('Most gigabytes of telemetry a day; what is more is dropped until the next day')
@minValue(1)
param dailyCapGb int = 1
@description('Minutes without a message that are silence')
@allowed([15, 30, 60])
param silenceMinutes int = 30
@description('Monthly budget in the billing currency; 0 for none')
@minValue(0)
param monthlyBudget int = 0
@description('First day that the budget counts: the first of a month')
param budgetStart string = utcNow('yyyy-MM-01')
@description('Clusters that post to the audit webhook: name of each and its own secret of 16 characters or more, {name: secret}')
@secure()
param webhookSecrets object = {}
@description('More app settings whose values are secrets, such as addresses of chat channels; they go into a key vault')
@secure()
param secretSettings object = {}
@description('More app settings')
param moreSettings object = {}

var tags = { 'azd-env-name': environmentName, application: 'crowsnest' }
var token = uniqueString(subscription().id, environmentName, location)

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module resources 'resources.bicep' = {
  scope: group
  params: {
    location: location
    prefix: prefix
    token: token
    tags: tags
    hasClusters: !empty(clusters)
    alertRecipients: alertRecipients
    alertSender: alertSender
    mailService: mailService
    mailDataLocation: mailDataLocation
    mailDomainId: mailDomainId
    smtpHost: smtpHost
    smtpUsername: smtpUsername
    smtpPassword: smtpPassword
    falseAlertsPerDay: falseAlertsPerDay
    partitionCount: partitionCount
    maximumThroughputUnits: maximumThroughputUnits
    hubRetentionHours: hubRetentionHours
    archiveRetentionDays: archiveRetentionDays
    eventsRetentionDays: eventsRetentionDays
    ledgerRetentionDays: ledgerRetentionDays
    trainingRetentionDays: trainingRetentionDays
    oldVersionDays: oldVersionDays
    archiveImmutableDays: archiveImmutableDays
    storageSku: storageSku
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    alwaysReady: alwaysReady
    httpConcurrency: httpConcurrency
    zoneRedundant: zoneRedundant
    privateNetwork: privateNetwork
    publicApp: publicApp
    consoleClientId: consoleClientId
    networkPrefix: networkPrefix
    operatorId: operatorId
    operatorType: operatorType
    logRetentionDays: logRetentionDays
    dailyCapGb: dailyCapGb
    silenceMinutes: silenceMinutes
    monthlyBudget: monthlyBudget
    budgetStart: budgetStart
    webhookSecrets: webhookSecrets
    secretSettings: secretSettings
    moreSettings: moreSettings
  }
}

module diagnostics 'modules/cluster-diagnostics.bicep' = [
  for (cluster, i) in clusters: {
    name: 'crowsnest-diagnostics-${i}-${uniqueString(cluster.id)}'
    scope: resourceGroup(split(cluster.id, '/')[2], split(cluster.id, '/')[4])
    params: {
      clusterName: last(split(cluster.id, '/'))!
      diagnosticsRuleId: resources.outputs.diagnosticsRuleId
      hubName: resources.outputs.hubName
      categories: cluster.categories
    }
  }
]

output AZURE_LOCATION string = location
output AZURE_RESOURCE_GROUP string = group.name
output SERVICE_FUNCTIONS_NAME string = resources.outputs.appName
output CROWSNEST_HOST string = resources.outputs.hostName
output CROWSNEST_DIAGNOSTICS_RULE_ID string = resources.outputs.diagnosticsRuleId
output CROWSNEST_HUB_NAME string = resources.outputs.hubName
// What the command line reads: see docs/deploy.md.
output AzureWebJobsStorage__blobServiceUri string = resources.outputs.blobEndpoint
output AzureWebJobsStorage__queueServiceUri string = resources.outputs.queueEndpoint
output AzureWebJobsStorage__tableServiceUri string = resources.outputs.tableEndpoint
output Archive__blobServiceUri string = resources.outputs.archiveEndpoint
