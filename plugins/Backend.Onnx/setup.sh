#!/bin/sh
# Restores ONNX Runtime's NuGet package for this plugin and notes which one in .cache/onnxruntime/package; the next build takes it in.
# Run it again at any time: NuGet keeps what is there.
#   setup.sh          the processor
#   setup.sh --cuda   with the CUDA provider (needs an NVIDIA driver and CUDA 13)
set -eu

fail() {
    echo "error: $*" >&2
    exit 1
}

variant=cpu size="160 MB"
for argument in "$@"; do
    case $argument in
        --cuda) variant=gpu size="350 MB" ;;
        --yes) ;; # nothing outside NuGet's cache changes: there is nothing to ask
        *) fail "setup onnx: unknown argument '$argument'. Known: --cuda, --yes" ;;
    esac
done

here=$(cd "$(dirname "$0")" && pwd)
marker=$here/../../.cache/onnxruntime/package
command -v dotnet >/dev/null 2>&1 || fail "setup onnx: the .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
echo "restoring ONNX Runtime for $variant from NuGet (about $size, unless NuGet has it already)…" >&2
dotnet restore "$here" --nologo -v quiet -p:OnnxRuntime=$variant ||
    fail "setup onnx: the package could not be restored (NuGet's messages are above). Check the network and NuGet's sources ('dotnet nuget list source'), then run the command again."
mkdir -p "$(dirname "$marker")"
echo $variant > "$marker.new"
mv "$marker.new" "$marker"
echo "ONNX Runtime ($variant) is ready"
