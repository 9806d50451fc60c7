// Nothing but Azure Monitor reaches the data from outside the network.
using '../main.bicep'

param environmentName = 'private'
param location = 'westeurope'
param clusters = [
  {
    id: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-aks/providers/Microsoft.ContainerService/managedClusters/my-cluster'
    categories: ['kube-audit']
  }
]
param alertRecipients = 'security@example.org'
param privateNetwork = true
param operatorId = ''
param budgetStart = '2026-11-01'
param secretSettings = { Crowsnest__Channels__0__Url: 'https://hooks.example.org/secret' }
param moreSettings = { Crowsnest__Channels__0__Name: 'chat', Crowsnest__Channels__0__Kind: 'Slack' }
