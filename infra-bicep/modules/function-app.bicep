@description('Region of the app')
param location string
@description('Name of the plan')
param planName string
@description('Name of the app')
param appName string
@description('Resource id of the identity')
param identityId string
@description('Container of the deployment package')
param packageUri string
@description('Memory of an instance in MB')
@allowed([512, 2048, 4096])
param instanceMemoryMB int
@description('Most instances at once')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int
@description('App settings')
@secure()
param settings object

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: appName
  location: location
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packageUri
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      scaleAndConcurrency: {
        maximumInstanceCount: maximumInstanceCount
        instanceMemoryMB: instanceMemoryMB
        // Audit events come all day: an instance that is always there has no cold start.
        alwaysReady: [{ name: 'function:IngestAuditEvents', instanceCount: 1 }]
      }
    }
  }
  resource appSettings 'config' = {
    name: 'appsettings'
    properties: settings
  }
}

output name string = app.name
output hostName string = app.properties.defaultHostName
