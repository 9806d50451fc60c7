#!/bin/sh
# Refuses, before anything is made, what could not work: no recipient, a cluster in another region, an unknown category, a provider that is
# not registered. Says everything that is wrong, not the first.
set -u
wrong=0
say() {
  echo "preprovision: $1" >&2
  wrong=1
}
plain() { # "West Europe" and "westeurope" are one
  printf '%s' "$1" | tr '[:upper:]' '[:lower:]' | tr -d ' \r\n'
}

command -v az > /dev/null || { echo "preprovision: install az (https://aka.ms/azure-cli) and run 'az login'" >&2; exit 1; }
case "${CROWSNEST_RECIPIENTS:-}" in
  *@*) ;;
  *) say "nobody would get alerts: azd env set CROWSNEST_RECIPIENTS security@example.org" ;;
esac
region=$(plain "${AZURE_LOCATION:-westeurope}")

for provider in Microsoft.App Microsoft.Communication Microsoft.EventHub Microsoft.Insights Microsoft.KeyVault Microsoft.Storage Microsoft.Web; do
  state=$(az provider show --namespace "$provider" --query registrationState --output tsv 2> /dev/null)
  [ "$(plain "$state")" = registered ] || say "$provider is not registered: az provider register --namespace $provider --wait"
done

if [ "$(plain "$(az functionapp list-flexconsumption-locations --query "[?name=='$region'] | length(@)" --output tsv)")" = 0 ]; then
  say "there is no Flex Consumption in $region: az functionapp list-flexconsumption-locations"
fi

old=$IFS
IFS=,
for entry in ${CROWSNEST_CLUSTERS:-}; do
  IFS=$old
  entry=$(printf '%s' "$entry" | tr -d ' ')
  [ -n "$entry" ] || continue
  id=${entry%%|*}
  place=$(plain "$(az resource show --ids "$id" --query location --output tsv 2> /dev/null)")
  if [ -z "$place" ]; then
    say "there is no cluster $id, or you may not see it"
  elif [ "$place" != "$region" ]; then
    say "$id is in $place, and diagnostic settings send only to a hub of their own region; AZURE_LOCATION is $region"
  fi
  case "$entry" in
    *'|'*)
      for category in $(printf '%s' "${entry#*|}" | tr '+' ' '); do
        case "$category" in
          kube-audit | kube-audit-admin | kube-apiserver | kube-controller-manager | kube-scheduler | cluster-autoscaler | guard) ;;
          *) say "$category is no log category of AKS" ;;
        esac
      done
      ;;
  esac
  IFS=,
done
IFS=$old
exit "$wrong"
