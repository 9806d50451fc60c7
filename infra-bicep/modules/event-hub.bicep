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
@description('Principal of the function app')
param principalId string

var eventHubsDataReceiver = 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde'

resource namespace 'Microsoft.EventHub/namespaces@2026-01-01' = {
  name: name
  location: location
  sku: { name: 'Standard', tier: 'Standard', capacity: 1 }
  properties: {
    isAutoInflateEnabled: true
    maximumThroughputUnits: 4
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
      // The most that Standard keeps: while storage is away, events wait here.
      retentionDescription: { cleanupPolicy: 'Delete', retentionTimeInHours: 168 }
    }
    resource group 'consumergroups' = { name: consumerGroup }
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

output fullyQualifiedNamespace string = '${namespace.name}.servicebus.windows.net'
output hubName string = namespace::hub.name
output diagnosticsRuleId string = namespace::diagnostics.id
