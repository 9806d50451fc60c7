@description('Beginning of resource names')
param prefix string
@description('Where mail data is kept')
param dataLocation string

resource email 'Microsoft.Communication/emailServices@2025-09-01' = {
  name: '${prefix}-email'
  location: 'global'
  properties: { dataLocation: dataLocation }
}

resource domain 'Microsoft.Communication/emailServices/domains@2025-09-01' = {
  parent: email
  name: 'AzureManagedDomain'
  location: 'global'
  properties: { domainManagement: 'AzureManaged' }
}

resource communication 'Microsoft.Communication/communicationServices@2025-09-01' = {
  name: '${prefix}-acs'
  location: 'global'
  properties: { dataLocation: dataLocation, linkedDomains: [domain.id] }
}

output communicationServiceName string = communication.name
output senderDomain string = domain.properties.mailFromSenderDomain
