#!/usr/bin/env bash
# Builds the frozen plugin from source/ and contract 1.0. Only a checkout whose contract is 1.0 can do it, and there is no reason to do it
# again: what later versions must run is the assembly that was built then.
set -euo pipefail
cd "$(dirname "$0")"
grep -q 'int Minor = 0;' ../../../Spud.Abstractions/Plugins/ContractVersion.cs || { echo "error: this checkout's contract is newer than 1.0: a plugin built here proves nothing about 1.0" >&2; exit 1; }
packages=$PWD/../../../artifacts/frozen
dotnet pack ../../../Spud.Abstractions/Spud.Abstractions.csproj -c Release --nologo -v quiet -o "$packages"
# A package folder of its own: NuGet keeps what it unpacked once, and other builds may have packed other contents under this version.
NUGET_PACKAGES=$packages/unpacked dotnet build source/Frozen.csproj -c Release --nologo -v quiet -p:RestoreAdditionalProjectSources="$packages"
cp source/bin/Release/net10.0/{Frozen.dll,Frozen.deps.json,spud-plugin.json} plugin/
rm -rf "$packages" source/bin source/obj
