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
@description('Functions that have an instance at any time, and how many')
param alwaysReady { name: string, instanceCount: int }[]
@description('Requests over HTTP that an instance takes at once')
@minValue(1)
@maxValue(1000)
param httpConcurrency int
@description('Instances in several zones')
param zoneRedundant bool
@description('Subnet for what goes out; empty without a network')
param subnetId string
@description('Reached from everywhere')
param isPublic bool
@description('Application in Entra that people sign in to for the console; empty for no sign-in, and a closed console')
param consoleClientId string
@description('Tags')
param tags object
@description('App settings')
@secure()
param settings object

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true, zoneRedundant: zoneRedundant }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: appName
  location: location
  // azd finds the app by this tag.
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: isPublic ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    keyVaultReferenceIdentity: identityId
    siteConfig: { minTlsVersion: '1.2', scmMinTlsVersion: '1.2', http20Enabled: true, ftpsState: 'Disabled' }
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
        alwaysReady: alwaysReady
        triggers: { http: { perInstanceConcurrency: httpConcurrency } }
      }
    }
  }
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }
  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
  resource appSettings 'config' = {
    name: 'appsettings'
    properties: settings
  }
  // Whoever is not signed in still reaches the functions that have keys or tickets of their own; the console turns them away.
  resource signIn 'config' = if (!empty(consoleClientId)) {
    name: 'authsettingsV2'
    dependsOn: [appSettings]
    properties: {
      platform: { enabled: true }
      globalValidation: {
        requireAuthentication: false
        unauthenticatedClientAction: 'AllowAnonymous'
        redirectToProvider: 'azureactivedirectory'
      }
      httpSettings: { requireHttps: true }
      identityProviders: {
        azureActiveDirectory: {
          enabled: true
          registration: {
            clientId: consoleClientId
            openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
            // No secret: the app's identity vouches for the application, which has a federated credential for it.
            clientSecretSettingName: 'OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID'
          }
          validation: { allowedAudiences: [consoleClientId, 'api://${consoleClientId}'] }
        }
      }
      login: { tokenStore: { enabled: false } }
    }
  }
}

output id string = app.id
output name string = app.name
output hostName string = app.properties.defaultHostName
