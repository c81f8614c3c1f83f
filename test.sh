#!/usr/bin/env bash
# Builds everything with warnings as errors and runs every test; the kernels' once per vector width.
# usage: ./test.sh [--no-build]       What failed is repeated at the end. The last line says: N passed, N failed, N skipped. Exit code 1 if anything failed.
set -uo pipefail
cd "$(dirname "$0")"
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

if [ "${1:-}" != --no-build ]; then
    echo "building…"
    dotnet build Spud.sln -c Release --nologo -v quiet || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
fi

# Runs the tests of a project: run NAME COMMAND…
run() {
    local name=$1 start=$SECONDS code
    shift
    "$@" 2>&1 | tee "$results/$name"
    code=${PIPESTATUS[0]}
    [ "$code" -eq 0 ] || echo "exit: $name ended with exit code $code" >> "$results/$name"
    echo "$name: $((SECONDS - start)) s"
}

for project in tests/*.Tests; do
    name=$(basename "$project")
    [ "$name" = Spud.Numerics.Tests ] || run "$name" "$project/bin/Release/net10.0/$name" -noColor
done

run Spud.Numerics.Tests sh tests/widths.sh

# A failed test with its message and stack: up to the next line that is indented as little as its name. Of a program that
# failed without saying so, which counts as one failed test, its last lines.
for file in "$results"/*; do
    name=$(basename "$file")
    if grep -q '\[FAIL\]' "$file"; then
        echo "=== FAILED in $name"
        awk '/^    [^ ].*\[FAIL\]/ { shows = 1; print; next } /^ ? ? ? ?[^ ]/ { shows = 0 } shows' "$file"
    elif grep -q '^exit: ' "$file"; then
        echo "=== FAILED without a failed test: $name"
        tail -n 30 "$file"
        echo "Total: 1, Failed: 1" >> "$file"
    fi
done

# Every program ends with: Total: 12, Errors: 0, Failed: 0, Skipped: 1, Not Run: 0, …
cat "$results"/* | awk -F'[:,] *' '
    tolower($0) ~ /total: [0-9]/ {
        for (i = 1; i < NF; i++) {
            key = tolower($i)
            if (key ~ /total$/) total += $(i + 1)
            if (key ~ /errors$/ || key ~ /failed$/) failed += $(i + 1)
            if (key ~ /skipped$/) skipped += $(i + 1)
        }
    }
    END {
        printf "%d passed, %d failed, %d skipped\n", total - failed - skipped, failed, skipped
        exit failed > 0 || total == 0
    }'
