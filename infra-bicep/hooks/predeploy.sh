#!/bin/sh
# Refuses a package that the host would start without a trigger: sh predeploy.sh [FOLDER]. Without a folder it publishes one to look at, as azd does.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
extension=Microsoft.Azure.WebJobs.Extensions.EventHubs
if [ $# -gt 0 ]; then
  package=$1
else
  package=$(mktemp -d)
  trap 'rm -rf "$package"' EXIT
  dotnet publish "$root/functions/Crowsnest.Functions" -c Release -o "$package" > "$package.log" || { cat "$package.log" >&2; exit 1; }
  rm -f "$package.log"
fi
refuse() {
  echo "predeploy: $1" >&2
  exit 1
}

[ -f "$package/host.json" ] || refuse "$package is no function app: host.json is missing"
[ -f "$package/functions.metadata" ] || refuse "$package has no functions.metadata"
grep -q eventHubTrigger "$package/functions.metadata" || refuse "$package has no function that reads the hub"
[ -f "$package/.azurefunctions/$extension.dll" ] || refuse "$package lacks .azurefunctions/$extension.dll: no event would ever be read"
grep -q "$extension" "$package/extensions.json" || refuse "extensions.json does not name $extension"
echo "predeploy: the package has $(grep -c '"scriptFile"' "$package/functions.metadata") functions and the host's Event Hubs extension"
