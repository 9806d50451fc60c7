// A mail server of one's own, and clusters that post to the webhook only.
using '../main.bicep'

param environmentName = 'own-mail'
param location = 'westeurope'
param clusters = []
param alertRecipients = 'security@example.org'
param mailService = false
param alertSender = 'crowsnest@example.org'
param smtpHost = 'mail.example.org'
param smtpUsername = 'crowsnest'
param smtpPassword = 'of the mail server'
param operatorId = ''
param budgetStart = '2026-11-01'
param webhookSecrets = { edge: 'a secret of the first' }
