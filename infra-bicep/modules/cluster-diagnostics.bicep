@description('Name of the cluster, in the resource group this module is deployed to')
param clusterName string
@description('The SAS rule that diagnostic settings send with')
param diagnosticsRuleId string
@description('Name of the hub')
param hubName string
@description('Log categories to stream. kube-audit-admin leaves out get and list, and with them reads of secrets and WebSocket exec')
@minLength(1)
param categories string[]

resource cluster 'Microsoft.ContainerService/managedClusters@2024-09-01' existing = {
  name: clusterName
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'crowsnest'
  scope: cluster
  properties: {
    eventHubAuthorizationRuleId: diagnosticsRuleId
    eventHubName: hubName
    logs: [for category in categories: { category: category, enabled: true }]
  }
}
