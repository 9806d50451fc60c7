@description('Region of the network')
param location string
@description('Name of the network')
param name string
@description('Address range, /24 or larger')
param addressPrefix string
@description('Tags')
param tags object

resource network 'Microsoft.Network/virtualNetworks@2024-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      {
        name: 'functions'
        properties: {
          addressPrefix: cidrSubnet(addressPrefix, 26, 0)
          // Flex Consumption runs in these; the provider Microsoft.App must be registered.
          delegations: [{ name: 'functions', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: { addressPrefix: cidrSubnet(addressPrefix, 26, 1), privateEndpointNetworkPolicies: 'Disabled' }
      }
    ]
  }
  resource functions 'subnets' existing = { name: 'functions' }
  resource endpoints 'subnets' existing = { name: 'endpoints' }
}

output id string = network.id
output functionsSubnetId string = network::functions.id
output endpointsSubnetId string = network::endpoints.id
