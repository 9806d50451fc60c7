@description('Region of the endpoints')
param location string
@description('Beginning of their names')
param prefix string
@description('Network that asks for the names')
param networkId string
@description('Subnet of the endpoints')
param subnetId string
@description('What is reached: name, resource, part of it, and zone of its name')
param targets { name: string, id: string, group: string, zone: string }[]
@description('Zones of the names')
param zones string[]
@description('Tags')
param tags object


resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = [
  for name in zones: {
    name: name
    location: 'global'
    tags: tags
  }
]

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [
  for (name, i) in zones: {
    parent: zone[i]
    name: '${prefix}-link'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
]

resource endpoint 'Microsoft.Network/privateEndpoints@2024-05-01' = [
  for target in targets: {
    name: '${prefix}-pe-${target.name}'
    location: location
    tags: tags
    properties: {
      subnet: { id: subnetId }
      privateLinkServiceConnections: [
        { name: target.name, properties: { privateLinkServiceId: target.id, groupIds: [target.group] } }
      ]
    }
  }
]

resource names 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2024-05-01' = [
  for (target, i) in targets: {
    parent: endpoint[i]
    name: 'default'
    properties: {
      privateDnsZoneConfigs: [
        { name: 'zone', properties: { privateDnsZoneId: resourceId('Microsoft.Network/privateDnsZones', target.zone) } }
      ]
    }
    dependsOn: [zone]
  }
]
