#!/usr/bin/env bash
# Sets libtorch up for Backend.Torch: finds it (or installs Debian's), builds the shim against it, and tries it.
# usage: plugins/Backend.Torch/setup.sh [--yes] [FOLDER]
#   --yes: install the system's packages without asking.
#   FOLDER, or SPUD_TORCH: a libtorch, as a folder with include/ and lib/ in it (a Python package's torch folder is one).
#   Without it: the torch package of python3, then the system's libtorch-dev.
# What was built lies in .cache/torch of the repository; run again, it does what is missing. Then build Spud again.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/.cache/torch
packages="libtorch-dev libopenblas0-pthread cmake g++ make"

say() { echo "torch: $*"; }
die() { echo "torch: $*" >&2; exit 1; }
is_debian() { [ -e /etc/debian_version ] && command -v apt-get >/dev/null; }
has_packages() { dpkg -s $packages >/dev/null 2>&1; }
has_tools() { command -v cmake >/dev/null && command -v make >/dev/null && command -v c++ >/dev/null; }

# Whether a folder holds a libtorch of its own.
is_torch() { [ -e "$1/lib/libtorch_cpu.so" ] && [ -e "$1/include/ATen/ATen.h" ]; }

install_packages() {
    is_debian || die "$1 Install libtorch (https://pytorch.org, or python3 -m pip install torch), cmake, make and a C++ compiler, then run this again."
    [ "$(id -u)" = 0 ] || die "$1 Run this, then try again:  sudo apt-get install -y $packages"
    may_install
    apt-get update -qq || say "the package lists could not be refreshed; trying with those that are here"
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages
}

# Asks before anything of the system changes; without a terminal, the answer is --yes or no.
may_install() {
    local count
    count=$(apt-get install -s --no-install-recommends $packages 2>/dev/null | grep -c '^Inst ' || true)
    say "this installs $count Debian packages as root (about 130 MB): $packages and what they need"
    [ -n "$yes" ] && return
    [ -t 0 ] || die "run it again with --yes to allow that, or install them yourself: apt-get install -y $packages"
    printf 'torch: go on? [y/N] '
    read -r answer
    case $answer in y | Y | yes) ;; *) die "nothing was installed." ;; esac
}

require_tools() { has_tools || install_packages "cmake, make or a C++ compiler is missing."; }

# Sets the argument that tells CMake where libtorch is.
find_torch() {
    local folder=${1:-${SPUD_TORCH:-}}
    if [ -n "$folder" ]; then
        is_torch "$folder" || die "$folder is no libtorch: expected lib/libtorch_cpu.so and include/ATen/ATen.h in it."
        config="-DSPUD_TORCH=$(cd "$folder" && pwd)"
        require_tools
        return
    fi
    # The prefix path is share/cmake of the package's folder; Debian's own package says the same, and has its headers elsewhere.
    folder=$(python3 -c "import torch; print(torch.utils.cmake_prefix_path)" 2>/dev/null || true)
    if [ -n "$folder" ] && is_torch "$folder/../.."; then
        config="-DSPUD_TORCH=$(cd "$folder/../.." && pwd)"
        require_tools
        return
    fi
    # The system's; without OpenBLAS its products are thirty times slower.
    if is_debian; then
        has_packages || install_packages "libtorch is missing."
    fi
    folder=$(ls -d /usr/lib/*/cmake/Torch /usr/share/cmake/Torch /usr/lib/cmake/Torch /usr/local/share/cmake/Torch 2>/dev/null | head -n 1 || true)
    [ -n "$folder" ] || install_packages "libtorch was not found."
    config="-DTorch_DIR=$folder"
}

build() {
    mkdir -p "$out/build"
    # A build folder of another libtorch is of no use.
    [ "$(cat "$out/config" 2>/dev/null)" = "$config" ] || rm -rf "$out/build"
    say "building the shim with libtorch in ${config#*=} …"
    cmake -S "$here/shim" -B "$out/build" "$config" -DCMAKE_BUILD_TYPE=Release > "$out/build.log" 2>&1 \
        || { tail -n 20 "$out/build.log" >&2; die "CMake failed; all of it: $out/build.log"; }
    echo "$config" > "$out/config"
    set +e
    cmake --build "$out/build" --parallel 2>&1 | tee -a "$out/build.log" | grep --line-buffered -E '^\[ *[0-9]+%\]' | sed -u 's/^/torch: /'
    local failed=${PIPESTATUS[0]}
    set -e
    [ "$failed" -eq 0 ] || { grep -E 'error|Error' "$out/build.log" | tail -n 20 >&2; die "the shim does not compile; all of it: $out/build.log"; }
}

config=
yes=
[ "${1:-}" = --yes ] && yes=1 && shift
find_torch "$@"
build
said=$("$out/build/spud_torch_selftest") || die "the shim was built, but does not work: $said"
# The file comes as a whole: a Spud that runs goes on with the old one.
cmp -s "$out/build/libspud_torch.so" "$out/libspud_torch.so" \
    || { cp "$out/build/libspud_torch.so" "$out/libspud_torch.so.new" && mv "$out/libspud_torch.so.new" "$out/libspud_torch.so"; }
say "ready: $said"
