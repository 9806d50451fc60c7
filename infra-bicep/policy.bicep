targetScope = 'managementGroup'

metadata name = 'Crowsnest: every cluster'
metadata description = 'A policy that gives each AKS cluster of a management group, in one region, the diagnostic setting that streams to Crowsnest.'

@description('Region of the hub; clusters elsewhere can not stream to it')
param location string
@description('Output CROWSNEST_DIAGNOSTICS_RULE_ID of the deployment')
param diagnosticsRuleId string
@description('Output CROWSNEST_HUB_NAME of the deployment')
param hubName string
@description('Log categories to stream')
@minLength(1)
param categories string[] = ['kube-audit']

var monitoringContributor = '749f88d5-cbae-40b8-bcfc-e573ddc772fa'
var roleId = tenantResourceId('Microsoft.Authorization/roleDefinitions', monitoringContributor)

resource definition 'Microsoft.Authorization/policyDefinitions@2023-04-01' = {
  name: 'crowsnest-aks-diagnostics'
  properties: {
    displayName: 'Stream the audit log of AKS clusters to Crowsnest'
    policyType: 'Custom'
    mode: 'Indexed'
    parameters: {
      effect: { type: 'String', allowedValues: ['DeployIfNotExists', 'AuditIfNotExists', 'Disabled'], defaultValue: 'DeployIfNotExists' }
      diagnosticsRuleId: { type: 'String' }
      hubName: { type: 'String' }
      location: { type: 'String' }
      categories: { type: 'Array' }
    }
    policyRule: {
      if: {
        allOf: [
          { field: 'type', equals: 'Microsoft.ContainerService/managedClusters' }
          { field: 'location', equals: '[parameters(\'location\')]' }
        ]
      }
      then: {
        effect: '[parameters(\'effect\')]'
        details: {
          type: 'Microsoft.Insights/diagnosticSettings'
          name: 'crowsnest'
          roleDefinitionIds: [roleId]
          existenceCondition: {
            field: 'Microsoft.Insights/diagnosticSettings/eventHubAuthorizationRuleId'
            equals: '[parameters(\'diagnosticsRuleId\')]'
          }
          deployment: {
            properties: {
              mode: 'incremental'
              parameters: {
                cluster: { value: '[field(\'fullName\')]' }
                diagnosticsRuleId: { value: '[parameters(\'diagnosticsRuleId\')]' }
                hubName: { value: '[parameters(\'hubName\')]' }
                categories: { value: '[parameters(\'categories\')]' }
              }
              template: {
                '$schema': 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'
                contentVersion: '1.0.0.0'
                parameters: {
                  cluster: { type: 'string' }
                  diagnosticsRuleId: { type: 'string' }
                  hubName: { type: 'string' }
                  categories: { type: 'array' }
                }
                resources: [
                  {
                    type: 'Microsoft.ContainerService/managedClusters/providers/diagnosticSettings'
                    apiVersion: '2021-05-01-preview'
                    name: '[concat(parameters(\'cluster\'), \'/Microsoft.Insights/crowsnest\')]'
                    properties: {
                      eventHubAuthorizationRuleId: '[parameters(\'diagnosticsRuleId\')]'
                      eventHubName: '[parameters(\'hubName\')]'
                      copy: [
                        {
                          name: 'logs'
                          count: '[length(parameters(\'categories\'))]'
                          input: { category: '[parameters(\'categories\')[copyIndex(\'logs\')]]', enabled: true }
                        }
                      ]
                    }
                  }
                ]
              }
            }
          }
        }
      }
    }
  }
}

resource assignment 'Microsoft.Authorization/policyAssignments@2024-05-01' = {
  name: 'crowsnest-aks'
  location: location
  identity: { type: 'SystemAssigned' }
  properties: {
    displayName: definition.properties.displayName!
    policyDefinitionId: definition.id
    parameters: {
      diagnosticsRuleId: { value: diagnosticsRuleId }
      hubName: { value: hubName }
      location: { value: location }
      categories: { value: categories }
    }
  }
}

// Writes diagnostic settings on the clusters.
resource write 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(managementGroup().id, assignment.id, monitoringContributor)
  properties: {
    roleDefinitionId: roleId
    principalId: assignment.identity.principalId
    principalType: 'ServicePrincipal'
  }
}

// And reads the rule of the hub that the settings send with.
module hub 'modules/policy-hub-role.bicep' = {
  scope: resourceGroup(split(diagnosticsRuleId, '/')[2], split(diagnosticsRuleId, '/')[4])
  params: { namespaceName: split(diagnosticsRuleId, '/')[8], principalId: assignment.identity.principalId }
}
