@description('Name of the communication service, unique in the world')
param communicationName string
@description('Name of the e-mail service')
param emailName string
@description('Where mail data is kept')
param dataLocation string
@description('Resource id of a verified domain of your own; empty for one that Azure manages')
param customDomainId string
@description('Principal of the function app')
param principalId string
@description('Tags')
param tags object

var communicationAndEmailServiceOwner = '09976791-48a7-449e-bb21-39d1a415f350'

resource email 'Microsoft.Communication/emailServices@2025-09-01' = {
  name: emailName
  location: 'global'
  tags: tags
  properties: { dataLocation: dataLocation }
  resource domain 'domains' = {
    name: 'AzureManagedDomain'
    location: 'global'
    tags: tags
    properties: { domainManagement: 'AzureManaged', userEngagementTracking: 'Disabled' }
  }
}

resource communication 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: communicationName
  location: 'global'
  tags: tags
  properties: {
    dataLocation: dataLocation
    linkedDomains: [empty(customDomainId) ? email::domain.id : customDomainId]
    // Mails are sent with an identity; there are no keys to lose.
    disableLocalAuth: true
  }
}

resource send 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(communication.id, principalId, communicationAndEmailServiceOwner)
  scope: communication
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', communicationAndEmailServiceOwner)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

output endpoint string = 'https://${communication.properties.hostName}'
output sender string = 'DoNotReply@${email::domain.properties.mailFromSenderDomain}'
