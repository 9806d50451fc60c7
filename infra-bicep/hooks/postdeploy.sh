#!/bin/sh
# After the app went up: waits for its functions, mails the digest as a test, looks for the first events, and says where to look.
# Needs AZURE_RESOURCE_GROUP and SERVICE_FUNCTIONS_NAME, outputs of the deployment. TRIES and PAUSE are for tests.
set -u
group=$AZURE_RESOURCE_GROUP
app=$SERVICE_FUNCTIONS_NAME
tries=${TRIES:-30}
pause=${PAUSE:-10}
wanted='AnswerAlert CompactArchive Console CorrelateActivity CorrelateCluster IngestAuditEvents IngestWebhookBody Investigate ReceiveAuditWebhook RetrainModel SendAlert SendDigest TrimTables WatchFeeds'

i=0
while :; do
  found=$(az functionapp function list --resource-group "$group" --name "$app" --query '[].name' --output tsv 2> /dev/null)
  missing=
  for name in $wanted; do
    printf '%s\n' "$found" | grep -q "/$name[[:space:]]*\$" || missing="$missing $name"
  done
  [ -n "$missing" ] || break
  i=$((i + 1))
  if [ "$i" -ge "$tries" ]; then
    echo "postdeploy: the host does not know:$missing. Look at the log stream: az webapp log tail -g $group -n $app" >&2
    exit 1
  fi
  sleep "$pause"
done
echo "postdeploy: all functions are there"

host=$(az functionapp show --resource-group "$group" --name "$app" --query defaultHostName --output tsv)
key=$(az functionapp keys list --resource-group "$group" --name "$app" --query masterKey --output tsv)
# The key goes in by standard input: arguments can be seen by others on the machine.
status=$(printf 'header = "x-functions-key: %s"\n' "$key" | curl --silent --output /dev/null --write-out '%{http_code}' --config - \
  --request POST --header 'Content-Type: application/json' --data '{}' "https://$host/admin/functions/SendDigest")
case "$status" in
  20*) echo "postdeploy: the digest is on its way to ${CROWSNEST_RECIPIENTS:-the recipients}; look into the mailbox, and into its junk" ;;
  *) echo "postdeploy: the digest could not be asked for (HTTP $status); it comes at 06:00 UTC" >&2 ;;
esac

if [ -n "${CROWSNEST_CLUSTERS:-}" ]; then
  account=$(printf '%s' "${AzureWebJobsStorage__tableServiceUri:-}" | sed -E 's|https://([^.]*)\..*|\1|')
  i=0
  while :; do
    rows=$(az storage entity query --table-name feeds --account-name "$account" --auth-mode login --num-results 1 \
      --query 'length(items)' --output tsv 2> /dev/null)
    case "$rows" in
      '' | 0) ;;
      *) echo "postdeploy: the first events have been read"; break ;;
    esac
    i=$((i + 1))
    if [ "$i" -ge "$tries" ]; then
      echo "postdeploy: no event yet; AKS may take a quarter of an hour after a new diagnostic setting" >&2
      break
    fi
    sleep "$pause"
  done
fi
echo "App:       https://$host"
echo "Resources: https://portal.azure.com/#@/resource/subscriptions/${AZURE_SUBSCRIPTION_ID:-}/resourceGroups/$group/overview"
