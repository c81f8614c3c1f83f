#!/usr/bin/env bash
# Builds the frozen plugin anew. Only before the contract it was built for is released: afterwards it stays as it is.
set -euo pipefail
cd "$(dirname "$0")"
../../../pack.sh > /dev/null
dotnet build source/Frozen.csproj -c Release --nologo -v quiet
mkdir -p plugin
cp source/bin/Release/net10.0/{Frozen.dll,Frozen.deps.json,spud-plugin.json} plugin/
