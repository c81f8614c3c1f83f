#!/bin/sh
# Runs the kernel tests once per vector width: sh tests/widths.sh [arguments for the test program, as -class "*Matmul*"]
# Build first: dotnet build -c Release tests/Spud.Numerics.Tests
# Prints the counts of each run, every skipped test with its reason, and the whole output of a run that fails; exits with 1 if
# one does, or if one ran no test.
cd "$(dirname "$0")/.." || exit 2
program=tests/Spud.Numerics.Tests/bin/Release/net10.0/Spud.Numerics.Tests
[ -x "$program" ] || { echo "widths: $program is not there: dotnet build -c Release tests/Spud.Numerics.Tests" >&2; exit 2; }
failed=0

run() {
  width=$1
  switches=$2
  shift 2
  output=$(env SPUD_WIDTH="$width" $switches "$program" -noColor "$@" 2>&1)
  code=$?
  counts=$(echo "$output" | sed -n 's/^ *Spud.Numerics.Tests *Total: */total: /p')
  case "$counts" in "" | "total: 0" | "total: 0,"*) code=1 ;; esac
  if [ $code -ne 0 ]; then
    failed=1
    echo "$output"
  else
    echo "$output" | grep -A 1 '\[SKIP\]' | grep -v '^--' | sed "s/^ */  $width: /"
  fi
  echo "widths: $width: exit $code; ${counts:-no test ran}"
}

run default "" "$@"
run 256 "DOTNET_EnableAVX512=0" "$@"
run 256-no-vnni "DOTNET_EnableAVX512=0 DOTNET_EnableAVXVNNI=0" "$@"
run 128 "DOTNET_EnableAVX2=0" "$@"
run scalar "DOTNET_EnableHWIntrinsic=0" "$@"
exit $failed
