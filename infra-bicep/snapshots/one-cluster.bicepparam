// Fixed values: what main.bicep expands to with them is pinned in one-cluster.snapshot.json.
using '../main.bicep'

param environmentName = 'one'
param location = 'westeurope'
param clusters = [
  {
    id: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-aks/providers/Microsoft.ContainerService/managedClusters/my-cluster'
    categories: ['kube-audit']
  }
]
param alertRecipients = 'security@example.org'
param operatorId = ''
param budgetStart = '2026-11-01'
