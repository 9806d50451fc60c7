@description('Name of the vault')
param vaultName string
@description('App settings whose values are secrets: {name: value}')
@secure()
param secrets object

// Names of secrets have letters, digits and dashes.
var names = map(objectKeys(secrets), name => replace(name, '__', '--'))

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource kept 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = [
  for secret in items(secrets): {
    parent: vault
    name: replace(secret.key, '__', '--')
    properties: { value: secret.value, contentType: 'app setting ${secret.key}' }
  }
]

// Without a version: a secret that was changed is picked up within a day, or when the app starts.
output references object = toObject(
  names,
  name => replace(name, '--', '__'),
  name => '@Microsoft.KeyVault(VaultName=${vaultName};SecretName=${name})'
)
