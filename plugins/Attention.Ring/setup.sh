#!/bin/sh
# Installs Open MPI, with which the ranks of a ring are processes on one or several machines (transport "mpi"). Ranks that are threads need
# nothing. This is a package of the system: it asks for root.
#   setup.sh [--yes]
set -eu

fail() {
    echo "error: $*" >&2
    exit 1
}

yes=
for argument in "$@"; do
    case $argument in
        --yes) yes=1 ;;
        *) fail "setup ring: unknown argument '$argument'. Known: --yes" ;;
    esac
done

if command -v mpirun >/dev/null 2>&1 && ldconfig -p 2>/dev/null | grep -q 'libmpi\.so\.40'; then
    echo "Open MPI is ready"
    exit 0
fi

command -v apt-get >/dev/null 2>&1 || fail "setup ring: this system has no apt-get. Install Open MPI 4 (mpirun and libmpi.so.40) with its own package manager."
echo "Open MPI (Debian's openmpi-bin and libopenmpi3, about 20 MB to download) is installed on the system with apt-get." >&2
root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 || fail "setup ring: run it as root: apt-get install openmpi-bin"
    root=sudo
fi
if [ -z "$yes" ] && [ -t 0 ]; then
    printf 'Go on? [y/N] ' >&2
    read -r answer
    case $answer in [yY]*) ;; *) fail "setup ring: nothing was installed" ;; esac
fi
$root apt-get install -y --no-install-recommends openmpi-bin libopenmpi3 >&2 ||
    fail "setup ring: apt-get failed (its messages are above). 'apt-get update' first may help."
echo "Open MPI is ready"
