// Two subscriptions, own categories, an operator, a budget, chat, and webhook clusters.
using '../main.bicep'

param environmentName = 'fleet'
param location = 'northeurope'
param clusters = [
  {
    id: '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-a/providers/Microsoft.ContainerService/managedClusters/a'
    categories: ['kube-audit', 'guard']
  }
  {
    id: '/subscriptions/00000000-0000-0000-0000-000000000002/resourceGroups/rg-b/providers/Microsoft.ContainerService/managedClusters/b'
    categories: ['kube-audit-admin']
  }
]
param alertRecipients = 'security@example.org, oncall@example.org'
param mailDomainId = '/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-mail/providers/Microsoft.Communication/emailServices/mail/domains/alerts.example.org'
param alertSender = 'crowsnest@alerts.example.org'
param partitionCount = 32
param maximumThroughputUnits = 40
param storageSku = 'Standard_ZRS'
param zoneRedundant = true
param alwaysReady = [
  { name: 'function:IngestAuditEvents', instanceCount: 4 }
  { name: 'function:CorrelateActivity', instanceCount: 2 }
]
param operatorId = '00000000-0000-0000-0000-00000000000a'
param operatorType = 'Group'
param monthlyBudget = 500
param budgetStart = '2026-11-01'
param webhookSecrets = {
  edge: 'a secret of the first'
  'shop-1': 'a secret of the second'
}
param secretSettings = { Crowsnest__Channels__0__Url: 'https://hooks.example.org/secret' }
param moreSettings = { Crowsnest__Channels__0__Name: 'chat', Crowsnest__Channels__0__Kind: 'Slack' }
param consoleClientId = '11111111-2222-3333-4444-555555555555'
