@description('Region of the namespace: the same as the cluster\'s, or diagnostic settings can\'t write to it')
param location string
@description('Name of the namespace')
param name string
@description('Name of the hub')
param hubName string
@description('Consumer group of the function app')
param consumerGroup string
@description('Partitions of the hub: as many batches can be judged at once')
@minValue(1)
@maxValue(32)
param partitionCount int
@description('Throughput units that the namespace may grow to; it does not shrink by itself')
@minValue(1)
@maxValue(40)
param maximumThroughputUnits int
@description('Hours that events wait in the hub; 168 is the most that Standard keeps')
@minValue(24)
@maxValue(168)
param retentionHours int
@description('Principal of the function app')
param principalId string
@description('Reached through private endpoints only, and by Azure Monitor')
param isPrivate bool
@description('Tags')
param tags object

var eventHubsDataReceiver = 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  properties: {
    isAutoInflateEnabled: true
    maximumThroughputUnits: maximumThroughputUnits
    minimumTlsVersion: '1.2'
    // Diagnostic settings authenticate with a SAS rule.
    disableLocalAuth: false
  }
  resource diagnostics 'authorizationRules' = {
    name: 'diagnostics'
    properties: { rights: ['Listen', 'Manage', 'Send'] }
  }
  resource hub 'eventhubs' = {
    name: hubName
    properties: {
      partitionCount: partitionCount
      // While storage is away, events wait here.
      retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: retentionHours }
    }
    resource group 'consumergroups' = { name: consumerGroup }
  }
  // Diagnostic settings come from Azure Monitor, a trusted service: with all access disabled they would stop.
  resource network 'networkRuleSets' = if (isPrivate) {
    name: 'default'
    properties: { publicNetworkAccess: 'Enabled', defaultAction: 'Deny', trustedServiceAccessEnabled: true, ipRules: [] }
  }
}

resource receive 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace::hub.id, principalId, eventHubsDataReceiver)
  scope: namespace::hub
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', eventHubsDataReceiver)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

output id string = namespace.id
output fullyQualifiedNamespace string = '${namespace.name}.servicebus.windows.net'
output hubName string = namespace::hub.name
output diagnosticsRuleId string = namespace::diagnostics.id
