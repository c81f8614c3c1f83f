#!/bin/sh
# Fetches ONNX Runtime for this plugin: Microsoft's C# sources and the native library for Linux, from an npm package, into
# .cache/onnxruntime of the repository. Run it again at any time: what is there and right is kept, a broken download is resumed.
#   setup.sh          the processor
#   setup.sh --cuda   also the CUDA provider (needs CUDA 13)
set -eu

package=com.github.asus4.onnxruntime
version=0.4.9
sha512=064cf176e499f4891e0cfe90f25cf64c553689eee1492bd2ed921fccca28131a2ad02373267bae19a509ec8b288c182a3b8a2e0f58d76a1f0e63225b08ddbd16
cuda_package=com.github.asus4.onnxruntime.linux-x64-gpu
cuda_sha512=168a4884d13f360fafd97eb9c1573d7253c2042be1bc0e771f1a3653429fe5f19d56c0bb88203e999d0a2d6820710023ed3219ea9362751e000b5d20ef85e8eb

fail() {
    echo "error: $*" >&2
    exit 1
}

cuda=
for argument in "$@"; do
    case $argument in
        --cuda) cuda=yes ;;
        --yes) ;; # nothing of the system is changed: there is nothing to ask
        *) fail "setup onnx: '$argument' is not known. Known: --cuda, --yes" ;;
    esac
done

root=$(cd "$(dirname "$0")/../.." && pwd)
target=$root/.cache/onnxruntime
cache=${XDG_CACHE_HOME:-$HOME/.cache}/spud

[ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] ||
    fail "setup onnx: only Linux on x86-64 so far, this is $(uname -s) on $(uname -m). Build with -p:OnnxRuntimePackage=Microsoft.ML.OnnxRuntime where that package can be restored."
command -v npm >/dev/null 2>&1 || fail "setup onnx: npm is missing. Install it: apt install npm (or Node.js from https://nodejs.org)"
command -v curl >/dev/null 2>&1 || fail "setup onnx: curl is missing. Install it: apt install curl"
command -v tar >/dev/null 2>&1 || fail "setup onnx: tar is missing. Install it: apt install tar"
command -v sha512sum >/dev/null 2>&1 || fail "setup onnx: sha512sum is missing. Install it: apt install coreutils"

is_right() {
    [ -f "$1" ] && [ "$(sha512sum "$1" | cut -d ' ' -f 1)" = "$2" ]
}

# The tarball's address is npm's answer, which knows the user's registry; npm itself fetches where curl may not.
download() {
    name=$1 file=$2 part=$2.part
    address=$(npm view "$name@$version" dist.tarball 2>/dev/null) || address=
    if [ -n "$address" ] && curl -fL --retry 3 -C - --progress-bar -o "$part" "$address"; then
        mv "$part" "$file"
        return
    fi

    echo "npm fetches $name@$version (no progress shown)…" >&2
    folder=$cache/npm-pack.$$
    mkdir -p "$folder"
    (cd "$folder" && npm pack --silent "$name@$version" >/dev/null) ||
        { rm -rf "$folder"; fail "setup onnx: $name@$version could not be fetched. Is the network there, and does 'npm view $name@$version' answer? Run the command again: it goes on where it stopped."; }
    mv "$folder"/*.tgz "$file"
    rm -rf "$folder"
}

# Leaves the verified tarball in the cache and its path in $tarball.
fetch() {
    name=$1 hash=$2
    tarball=$cache/$name-$version.tgz
    mkdir -p "$cache"
    is_right "$tarball" "$hash" && return
    rm -f "$tarball"
    echo "fetching $name $version…" >&2
    download "$name" "$tarball"
    is_right "$tarball" "$hash" && return
    rm -f "$tarball" "$tarball.part"
    fail "setup onnx: what was fetched for $name@$version is not what is expected (SHA-512). It was removed; run the command again."
}

# Extracts one tarball's parts into a new folder.
unpack() {
    new=$target.new
    rm -rf "$new"
    mkdir -p "$new/package"
    tar xzf "$tarball" -C "$new" "$@" || fail "setup onnx: $tarball cannot be unpacked into $new"
}

stamp="$package $version"
if [ "$(cat "$target/stamp" 2>/dev/null)" != "$stamp" ]; then
    fetch "$package" "$sha512"
    unpack package/Runtime package/Plugins/Linux/x64 package/LICENSE
    mkdir -p "$new/native"
    mv "$new/package/Runtime" "$new/managed"
    mv "$new"/package/Plugins/Linux/x64/*.so "$new/native/"
    mv "$new/package/LICENSE" "$new/LICENSE"
    rm -rf "$new/package" "$target"
    echo "$stamp" > "$new/stamp"
    mv "$new" "$target"
fi

if [ -n "$cuda" ] && [ "$(cat "$target/stamp-cuda" 2>/dev/null)" != "$cuda_package $version" ]; then
    fetch "$cuda_package" "$cuda_sha512"
    unpack
    find "$new" -name '*.so' -exec mv {} "$target/native/" \;
    rm -rf "$new"
    [ -f "$target/native/libonnxruntime_providers_cuda.so" ] || fail "setup onnx: $cuda_package $version holds no libonnxruntime_providers_cuda.so"
    echo "$cuda_package $version" > "$target/stamp-cuda"
fi

echo "ONNX Runtime is ready in $target"
