// Fixed values: what main.bicep expands to with them is pinned in snapshot.snapshot.json.
using 'main.bicep'

param location = 'westeurope'
param clusterName = 'my-cluster'
param clusterResourceGroup = 'rg-cluster'
param alertRecipients = 'security@example.org'
param alertSender = 'DoNotReply@example.org'
param smtpUsername = 'crowsnest'
param smtpPassword = ''
param webhookSecrets = {
  edge: 'a secret of the first'
  'shop-1': 'a secret of the second'
}
