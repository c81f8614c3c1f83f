#!/bin/sh
# Restores TorchSharp and libtorch from NuGet for this plugin and notes which libtorch in .cache/torch/package; the next build puts it
# into the plugin's folder. Run it again at any time: NuGet keeps what is there. It installs nothing on the system.
#   setup.sh          the processor
#   setup.sh --cuda   with CUDA 12.8 (untested)
set -eu

fail() {
    echo "error: $*" >&2
    exit 1
}

runtime=cpu size="157 MB" disk="0.7 GB of NuGet's cache, and 0.5 GB of the plugin's folder unless both are on one file system"
for argument in "$@"; do
    case $argument in
        --cuda) runtime=cuda size="about 3 GB" disk="more than 6 GB" ;;
        --yes) ;; # nothing outside NuGet's cache changes: there is nothing to ask
        *) fail "setup torch: unknown argument '$argument'. Known: --cuda, --yes" ;;
    esac
done

here=$(cd "$(dirname "$0")" && pwd)
marker=$here/../../.cache/torch/package
command -v dotnet >/dev/null 2>&1 || fail "setup torch: the .NET 10 SDK is missing: https://dotnet.microsoft.com/download"
echo "TorchSharp 0.107.0 and libtorch 2.10.0 ($runtime) come from NuGet: $size to download unless NuGet has them already; $disk." >&2
dotnet restore "$here" --nologo -v quiet -p:TorchRuntime=$runtime ||
    fail "setup torch: the packages could not be restored (NuGet's messages are above). Check the network and NuGet's sources ('dotnet nuget list source'), then run the command again."
mkdir -p "$(dirname "$marker")"
echo $runtime > "$marker.new"
mv "$marker.new" "$marker"
echo "libtorch ($runtime) is ready"
