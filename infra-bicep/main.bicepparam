// From the environment, as azd sets it (azd env set NAME VALUE). docs/deploy.md has the names.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME', 'crowsnest')
param location = readEnvironmentVariable('AZURE_LOCATION', 'westeurope')
// Resource ids, separated by commas; after | categories, joined by +, such as ID|kube-audit-admin+guard.
param clusters = map(
  filter(map(split(readEnvironmentVariable('CROWSNEST_CLUSTERS', ''), ','), one => trim(one)), one => !empty(one)),
  one => {
    id: first(split(one, '|'))!
    categories: contains(one, '|') ? split(last(split(one, '|'))!, '+') : ['kube-audit']
  }
)
param alertRecipients = readEnvironmentVariable('CROWSNEST_RECIPIENTS', '')
param alertSender = readEnvironmentVariable('CROWSNEST_SENDER', '')
param mailService = bool(readEnvironmentVariable('CROWSNEST_MAIL_SERVICE', 'true'))
param mailDomainId = readEnvironmentVariable('CROWSNEST_MAIL_DOMAIN_ID', '')
param smtpHost = readEnvironmentVariable('CROWSNEST_SMTP_HOST', '')
param smtpUsername = readEnvironmentVariable('CROWSNEST_SMTP_USERNAME', '')
param smtpPassword = readEnvironmentVariable('CROWSNEST_SMTP_PASSWORD', '')
param partitionCount = int(readEnvironmentVariable('CROWSNEST_PARTITIONS', '4'))
param maximumThroughputUnits = int(readEnvironmentVariable('CROWSNEST_MAX_THROUGHPUT_UNITS', '10'))
param storageSku = readEnvironmentVariable('CROWSNEST_STORAGE_SKU', 'Standard_LRS')
param privateNetwork = bool(readEnvironmentVariable('CROWSNEST_PRIVATE', 'false'))
param publicApp = bool(readEnvironmentVariable('CROWSNEST_PUBLIC_APP', readEnvironmentVariable('CROWSNEST_PRIVATE', 'false') == 'true' ? 'false' : 'true'))
param consoleClientId = readEnvironmentVariable('CROWSNEST_CONSOLE_CLIENT_ID', '')
param operatorType = readEnvironmentVariable('CROWSNEST_OPERATOR_TYPE', 'User')
param monthlyBudget = int(readEnvironmentVariable('CROWSNEST_MONTHLY_BUDGET', '0'))
param webhookSecrets = json(readEnvironmentVariable('CROWSNEST_WEBHOOK_SECRETS', '{}'))
param secretSettings = json(readEnvironmentVariable('CROWSNEST_SECRET_SETTINGS', '{}'))
param moreSettings = json(readEnvironmentVariable('CROWSNEST_SETTINGS', '{}'))
