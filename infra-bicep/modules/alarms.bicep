@description('Region of the rules')
param location string
@description('Beginning of resource names')
param prefix string
@description('Who is told, separated by commas: by Azure Monitor, not by the app that may be what failed')
param recipients string
@description('Namespace of the hub')
param namespaceId string
@description('Application Insights')
param insightsId string
@description('Minutes without a message that are silence; 0 where no cluster sends into the hub')
@allowed([0, 15, 30, 60])
param silenceMinutes int
@description('Monthly budget in the billing currency; 0 for none')
@minValue(0)
param monthlyBudget int
@description('First day that the budget counts')
param budgetStart string
@description('Tags')
param tags object

var addresses = filter(map(split(recipients, ','), one => trim(one)), one => !empty(one))

resource actions 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: '${prefix}-ops'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'crowsnest'
    enabled: true
    emailReceivers: [for (one, i) in addresses: { name: 'to${i}', emailAddress: one, useCommonAlertSchema: true }]
  }
}

var throttled = {
  name: 'throttled'
  text: 'The hub turns messages away. Raise maximumThroughputUnits.'
  metric: 'ThrottledRequests'
  operator: 'GreaterThan'
  threshold: 0
  window: 'PT15M'
}
var silent = {
  name: 'silent'
  text: 'No message has come into the hub. Look at the diagnostic settings of the clusters.'
  metric: 'IncomingMessages'
  operator: 'LessThan'
  threshold: 1
  window: silenceMinutes == 60 ? 'PT1H' : 'PT${max(silenceMinutes, 15)}M'
}

resource hubAlarms 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for one in silenceMinutes == 0 ? [throttled] : [throttled, silent]: {
    name: '${prefix}-hub-${one.name}'
    location: 'global'
    tags: tags
    properties: {
      description: one.text
      severity: 1
      enabled: true
      scopes: [namespaceId]
      evaluationFrequency: 'PT5M'
      windowSize: one.window
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: one.name
            metricName: one.metric
            operator: one.operator
            threshold: one.threshold
            timeAggregation: 'Total'
          }
        ]
      }
      actions: [{ actionGroupId: actions.id }]
    }
  }
]

// Traces of invocations are sampled and logs are not: both are asked.
var logAlarms = [
  {
    name: 'functions-fail'
    text: 'A function fails again and again.'
    query: 'union (requests | where success == false | project name), (traces | where severityLevel >= 3 | project name = iff(isempty(operation_Name), "host", operation_Name)) | summarize found = count() by name'
    operator: 'GreaterThan'
    threshold: 3
    every: 'PT5M'
    window: 'PT15M'
    dimensions: [{ name: 'name', operator: 'Include', values: ['*'] }]
  }
  {
    name: 'poison'
    text: 'A message could not be dealt with and went to a poison queue.'
    query: 'traces | where message has "poison" | summarize found = count()'
    operator: 'GreaterThan'
    threshold: 0
    every: 'PT15M'
    window: 'PT15M'
    dimensions: []
  }
  {
    name: 'no-model'
    text: 'No training has ended for two days; the model in use gets old.'
    query: 'traces | where message startswith "Trained model" | summarize found = count()'
    operator: 'LessThan'
    threshold: 1
    every: 'P1D'
    window: 'P2D'
    dimensions: []
  }
]

resource appAlarms 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for one in logAlarms: {
    name: '${prefix}-${one.name}'
    location: location
    tags: tags
    properties: {
      description: one.text
      severity: 1
      enabled: true
      scopes: [insightsId]
      evaluationFrequency: one.every
      windowSize: one.window
      criteria: {
        allOf: [
          {
            query: one.query
            timeAggregation: 'Total'
            metricMeasureColumn: 'found'
            operator: one.operator
            threshold: one.threshold
            dimensions: one.dimensions
          }
        ]
      }
      actions: { actionGroups: [actions.id] }
    }
  }
]

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = if (monthlyBudget > 0) {
  name: '${prefix}-budget'
  properties: {
    category: 'Cost'
    amount: monthlyBudget
    timeGrain: 'Monthly'
    timePeriod: { startDate: budgetStart }
    notifications: {
      forecast: {
        enabled: true
        operator: 'GreaterThan'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: []
        contactGroups: [actions.id]
      }
    }
  }
}
