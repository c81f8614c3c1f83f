#!/usr/bin/env bash
# Backend.Torch against a plain libtorch loop on the same weights: tokens per second of prefill (256) and decode (64), in pairs.
# usage: bench/torch/run.sh [ROUNDS]     (default 3; needs ./spud setup torch and a machine that does nothing else)
set -euo pipefail
cd "$(dirname "$0")/../.."
cache=.cache/torch
model=models/smollm2-135m-instruct-q4_1.gguf
threads=$(nproc)
[ -e "$cache/config" ] || { echo "run.sh: libtorch is not set up: ./spud setup torch" >&2; exit 1; }

cmake -S bench/torch -B "$cache/plain" "$(cat "$cache/config")" > "$cache/plain.log" 2>&1
cmake --build "$cache/plain" >> "$cache/plain.log" 2>&1 || { tail "$cache/plain.log" >&2; exit 1; }
dotnet build bench/Spud.Bench.Torch -c Release --nologo -v quiet
[ -e "$cache/smollm2.f32" ] || bench/Spud.Bench.Torch/bin/Release/net10.0/Spud.Bench.Torch "$model" "$cache/smollm2.f32"
./spud plugins > /dev/null # builds, if it must

grep -m 1 'model name' /proc/cpuinfo || true
# The peer gets what the plugin sets for itself, where the user has set nothing.
if grep -q avx512f /proc/cpuinfo; then export OPENBLAS_CORETYPE=${OPENBLAS_CORETYPE:-SkylakeX}; fi
export GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-1000} OPENBLAS_THREAD_TIMEOUT=${OPENBLAS_THREAD_TIMEOUT:-17}
for round in $(seq "${1:-3}"); do
    for type in f32 bf16; do
        echo "round $round, $type: the plain loop, then Spud"
        "$cache/plain/plain" "$cache/smollm2.f32" "$type" "$threads" 256 64 3 | grep prefill
        ./spud bench --threads "$threads" --repeat 3 --set head.use=torch --set attention.use=torch --set router.use=torch --set experts.use=torch \
            --set head.dtype="$type" --set attention.dtype="$type" --set experts.dtype="$type" --set cache.format="$type"
    done
done
