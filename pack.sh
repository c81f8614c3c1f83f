#!/usr/bin/env bash
# Packs what a plugin's author needs (the contract, kernels, the engine, the conformance kit, the template) into a folder that NuGet takes
# as a source.
# usage: ./pack.sh [FOLDER]       FOLDER: artifacts/packages unless named.
set -euo pipefail
called_from=$PWD
cd "$(dirname "$0")"
case ${1:-} in
    "") folder=$PWD/artifacts/packages ;;
    -*) echo "usage: ./pack.sh [FOLDER]" >&2; exit 2 ;;
    /*) folder=$1 ;;
    *) folder=$called_from/$1 ;;
esac
command -v dotnet >/dev/null || { echo "error: the .NET 10 SDK is missing: https://dotnet.microsoft.com/download" >&2; exit 1; }

mkdir -p "$folder"
rm -f "$folder"/Spud.[0-9]*.nupkg "$folder"/Spud.{Abstractions,Numerics,Models,Text,Engine,Evaluation,Extensions.AI,Conformance,Templates}.*.nupkg
dotnet build packages.proj -c Release --nologo -v quiet -p:RunAnalyzers=false -p:PackageOutputPath="$folder"

# NuGet keeps a version that it has unpacked once; these may have been packed anew under the same number.
cache=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: *//')
for package in "$folder"/Spud.*.nupkg; do
    name=$(basename "$package" .nupkg | tr '[:upper:]' '[:lower:]')
    id=$(printf '%s' "$name" | sed -E 's/\.[0-9]+\.[0-9]+\.[0-9]+.*$//')
    rm -rf "${cache:?}/$id/${name#"$id".}"
done
ls "$folder"/Spud.*.nupkg
