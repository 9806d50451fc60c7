@description('Region of the account')
param location string
@description('Name of the account')
@minLength(3)
@maxLength(24)
param name string
@description('Principal of the function app')
param principalId string
@description('Whoever operates Crowsnest from a command line; empty for nobody')
param operatorId string
@description('What the operator is')
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorType string
@description('Kind of redundancy')
@allowed(['Standard_LRS', 'Standard_ZRS'])
param storageSku string
@description('Reached through private endpoints only')
param isPrivate bool
@description('Tags')
param tags object

// The host keeps locks, checkpoints and timers in blobs and makes the poison queue: Owner of blobs, Contributor of queues.
var roles = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}
// Rules and models are blobs; suppressions, incidents and detections are rows.
var operatorRoles = {
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: storageSku }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: isPrivate ? 'Disabled' : 'Enabled'
    networkAcls: { defaultAction: isPrivate ? 'Deny' : 'Allow', bypass: 'None' }
  }
  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 14 }
      containerDeleteRetentionPolicy: { enabled: true, days: 14 }
    }
    resource package 'containers' = { name: 'app-package' }
    resource models 'containers' = { name: 'models' }
    resource rules 'containers' = { name: 'rules' }
  }
  resource queues 'queueServices' = {
    name: 'default'
    resource alerts 'queues' = { name: 'alerts' }
    resource poison 'queues' = { name: 'alerts-poison' }
  }
  resource tables 'tableServices' = {
    name: 'default'
    resource detections 'tables' = { name: 'detections' }
    resource incidents 'tables' = { name: 'incidents' }
    resource alerts 'tables' = { name: 'alerts' }
    resource activity 'tables' = { name: 'activity' }
    resource feeds 'tables' = { name: 'feeds' }
    resource suppressions 'tables' = { name: 'suppressions' }
  }
}

resource assignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(roles): {
    name: guid(account.id, principalId, role.key)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
      principalId: principalId
      principalType: 'ServicePrincipal'
    }
  }
]

resource operating 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in items(operatorRoles): if (!empty(operatorId)) {
    name: guid(account.id, operatorId, role.key)
    scope: account
    properties: {
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role.value)
      principalId: operatorId
      principalType: operatorType
    }
  }
]

output id string = account.id
output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
output tableEndpoint string = account.properties.primaryEndpoints.table
output packageContainer string = account::blobs::package.name
