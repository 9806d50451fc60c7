using 'main.bicep'

param clusterName = 'my-cluster'
param alertRecipients = 'security@example.org'
param alertSender = 'DoNotReply@example.org'
param smtpUsername = 'crowsnest'
param smtpPassword = readEnvironmentVariable('CROWSNEST_SMTP_PASSWORD', '')
param webhookSecrets = json(readEnvironmentVariable('CROWSNEST_WEBHOOK_SECRETS', '{}'))
