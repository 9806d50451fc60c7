@description('Region of the account')
param location string
@description('Name of the account')
@minLength(3)
@maxLength(24)
param name string
@description('Principal of the function app')
param principalId string
@description('Days that raw records and what could not be read are kept; the app deletes raw records, once they are compacted')
@minValue(30)
param rawDays int
@description('Days that the files of events are kept')
@minValue(30)
param eventsDays int
@description('Days that the ledger is kept')
@minValue(30)
param ledgerDays int
@description('Days that training aggregates are kept')
@minValue(30)
param trainingDays int
@description('Days that versions of a blob are kept which are no longer the current one')
@minValue(1)
param oldVersionDays int
@description('Days for which a blob can be neither changed nor deleted')
@minValue(1)
param immutableDays int
@description('Whoever asks the archive from a command line; empty for nobody')
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

// Whatever is named by a manifest must go before it. Raw records must go before the files that their events are in: the app looks for them.
var expiries = [
  { folder: 'quarantine', days: rawDays }
  { folder: 'events', days: max(eventsDays, rawDays + 14) }
  { folder: 'ledger', days: ledgerDays }
  { folder: 'training', days: trainingDays }
  { folder: 'manifest', days: max(eventsDays, ledgerDays, trainingDays, rawDays) + 30 }
]
var oldVersions = { delete: { daysAfterCreationGreaterThan: oldVersionDays } }
var expiryRules = [
  for expiry in expiries: {
    name: 'expire-${expiry.folder}'
    enabled: true
    type: 'Lifecycle'
    definition: {
      filters: { blobTypes: ['blockBlob'], prefixMatch: ['archive/${expiry.folder}/'] }
      actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: expiry.days } }, version: oldVersions }
    }
  }
]
// A policy can't know whether a record was compacted: it deletes none, but for versions that the app has deleted.
var rawRule = {
  name: 'cool-raw'
  enabled: true
  type: 'Lifecycle'
  definition: {
    filters: { blobTypes: ['blockBlob'], prefixMatch: ['archive/raw/'] }
    actions: { baseBlob: { tierToCold: { daysAfterModificationGreaterThan: 30 } }, version: oldVersions }
  }
}

var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var storageBlobDataReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: storageSku }
  properties: {
    accessTier: 'Hot'
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
      isVersioningEnabled: true
      deleteRetentionPolicy: { enabled: true, days: 14 }
      containerDeleteRetentionPolicy: { enabled: true, days: 14 }
    }
    resource archive 'containers' = {
      name: 'archive'
      properties: {
        immutableStorageWithVersioning: { enabled: true }
      }
      // Left unlocked: whoever operates this decides when it can no longer be shortened.
      resource immutability 'immutabilityPolicies' = {
        name: 'default'
        properties: {
          immutabilityPeriodSinceCreationInDays: immutableDays
          allowProtectedAppendWrites: false
        }
      }
    }
  }
  resource lifecycle 'managementPolicies' = {
    name: 'default'
    properties: {
      policy: {
        rules: concat([rawRule], expiryRules)
      }
    }
    dependsOn: [blobs]
  }
}

resource contribute 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account.id, principalId, storageBlobDataContributor)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataContributor)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource read 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorId)) {
  name: guid(account.id, operatorId, storageBlobDataReader)
  scope: account
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataReader)
    principalId: operatorId
    principalType: operatorType
  }
}

output id string = account.id
output blobEndpoint string = account.properties.primaryEndpoints.blob
