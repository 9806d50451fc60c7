@description('Namespace of the hub')
param namespaceName string
@description('Identity of the policy assignment')
param principalId string

var azureEventHubsDataOwner = 'f526a384-b230-433a-b45c-95f59c4a2dec'

resource namespace 'Microsoft.EventHub/namespaces@2024-01-01' existing = {
  name: namespaceName
}

resource use 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(namespace.id, principalId, azureEventHubsDataOwner)
  scope: namespace
  properties: {
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', azureEventHubsDataOwner)
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}
