#!/usr/bin/env bash
# Builds everything with warnings as errors and runs every test; the kernels' once per vector width.
# usage: ./test.sh [--no-build]       The last line says: N passed, N failed, N skipped. Exit code 1 if anything failed.
set -uo pipefail
cd "$(dirname "$0")"
results=$(mktemp)
trap 'rm -f "$results"' EXIT

if [ "${1:-}" != --no-build ]; then
    echo "building…"
    dotnet build Spud.sln -c Release --nologo -v quiet || { echo "0 passed, 1 failed, 0 skipped"; exit 1; }
fi

for project in tests/*.Tests; do
    name=$(basename "$project")
    [ "$name" = Spud.Numerics.Tests ] && continue
    "$project/bin/Release/net10.0/$name" -noColor 2>&1 | tee -a "$results"
    [ "${PIPESTATUS[0]}" -eq 0 ] || echo "exit: $name" >> "$results"
done

sh tests/widths.sh 2>&1 | tee -a "$results"
[ "${PIPESTATUS[0]}" -eq 0 ] || echo "exit: Spud.Numerics.Tests" >> "$results"

# Every program ends with: Total: 12, Errors: 0, Failed: 0, Skipped: 1, Not Run: 0, … A program that failed without saying so counts as one.
awk -F'[:,] *' '
    tolower($0) ~ /total: [0-9]/ {
        for (i = 1; i < NF; i++) {
            key = tolower($i)
            if (key ~ /total$/) total += $(i + 1)
            if (key ~ /errors$/ || key ~ /failed$/) failed += $(i + 1)
            if (key ~ /skipped$/) skipped += $(i + 1)
        }
    }
    /^exit: / { broken++ }
    END {
        if (broken && !failed) failed = broken
        printf "%d passed, %d failed, %d skipped\n", total - failed - skipped, failed, skipped
        exit failed > 0 || total == 0
    }' "$results"
