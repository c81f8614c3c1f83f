#!/usr/bin/env bash
# Fetches llama.cpp, the peer that Spud is measured against, and builds ./peer next to it: a C program of ours over npm's prebuilt library.
# usage: bench/peer/setup.sh [DIR]      (default: .cache/peer in the repository; needs npm, git and a C compiler; about 20 s)
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../.cache/peer}
package=node-llama-cpp@3.22.1

for tool in npm git cc; do
    command -v "$tool" >/dev/null || { echo "setup.sh: '$tool' is missing: install it first" >&2; exit 1; }
done

mkdir -p "$out"
cd "$out"
[ -f package.json ] || echo '{ "private": true }' > package.json
[ -d node_modules/node-llama-cpp ] || npm install --ignore-scripts --no-audit --no-fund --loglevel=error "$package" >&2
[ -d llama.cpp ] || git -c advice.detachedHead=false clone -q node_modules/node-llama-cpp/llama/gitRelease.bundle llama.cpp

libs=$PWD/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64
if [ ! -x peer ] || [ "$here/peer.c" -nt peer ]; then
    cc -O2 -Wall -Wextra -Werror -Illama.cpp/include -Illama.cpp/ggml/include -DVARIANTS="\"$libs\"" "$here/peer.c" -o peer \
        -L"$libs" -l:libllama.v0.5.0.so -l:libggml.v0.5.0.so -l:libggml-base.so -Wl,-rpath,"$libs" -lm
fi
echo "$PWD/peer"
