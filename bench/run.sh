#!/usr/bin/env bash
# Measures Spud against llama.cpp on the gate set: bench/run.sh [--rounds N] [--only TEXT]. Results: bench/results/peer.{json,md}.
# Fetches the peer, makes the models (once, in .cache/bench, 6 GB) and needs a quiet machine: nothing else may run.
set -euo pipefail
cd "$(dirname "$0")/.."
peer=$(bench/peer/setup.sh)
models=${SPUD_BENCH_MODELS:-.cache/bench}
mkdir -p "$models"

make() { # NAME KIND TYPE
    [ -f "$models/$1.gguf" ] && return
    [ -f "$models/$2-f16.gguf" ] || "$peer" make "$2" "$models/$2-f16.gguf"
    [ "$3" = 1 ] || "$peer" quantize "$models/$2-f16.gguf" "$models/$1.gguf" "$3" 2
}
for kind in dense mixture; do
    make $kind-f16 $kind 1
    make $kind-q8_0 $kind 7
    make $kind-q4_k_m $kind 15
done
ln -sf "$PWD/models/smollm2-135m-instruct-q4_1.gguf" "$models/smollm2-135m-q4_1.gguf"

dotnet build bench/Spud.Bench.Peer -c Release --nologo -v quiet
bench/Spud.Bench.Peer/bin/Release/net10.0/Spud.Bench.Peer --peer "$peer" --models "$models" \
    --plugins Spud.Host/bin/Release/net10.0/plugins --out bench/results/peer "$@"
