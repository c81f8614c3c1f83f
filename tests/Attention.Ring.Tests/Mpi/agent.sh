#!/bin/bash
# Takes the place of ssh for mpirun: agent.sh [OPTION…] HOST COMMAND… runs a command in the namespace that stands for a machine.
while [[ "$1" == -* ]]; do shift; done
case $1 in
10.77.0.1 | a) name=a ;;
10.77.0.2 | b) name=b ;;
*) echo "agent: unknown machine $1" >&2; exit 1 ;;
esac
shift
exec ip netns exec "$SPUD_NAMESPACES-$name" unshare --uts sh -c "hostname $name; $*"
