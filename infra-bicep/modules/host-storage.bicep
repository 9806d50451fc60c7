@description('Region of the account')
param location string
@description('Name of the account')
@minLength(3)
@maxLength(24)
param name string
@description('Principal of the function app')
param principalId string

// The host keeps locks, checkpoints and timers in blobs and makes the poison queue: Owner of blobs, Contributor of queues.
var roles = {
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
  }
  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: { enabled: true, days: 14 }
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

output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
output tableEndpoint string = account.properties.primaryEndpoints.table
output packageContainer string = account::blobs::package.name
