#!/bin/bash
# namespaces.sh COMMAND…: runs a command in two ranks on two machines, which are network namespaces joined by a pair of interfaces.
# Exit code 77: the system has no namespaces.
set -u
id=spud$$
here=$(dirname "$(readlink -f "$0")")
down() { ip netns del "$id-a" 2>/dev/null; ip netns del "$id-b" 2>/dev/null; }
trap down EXIT
{
    ip netns add "$id-a" && ip netns add "$id-b" &&
    ip -n "$id-a" link set lo up && ip -n "$id-b" link set lo up &&
    ip link add "v$$a" netns "$id-a" type veth peer name "v$$b" netns "$id-b" &&
    ip -n "$id-a" addr add 10.77.0.1/24 dev "v$$a" && ip -n "$id-b" addr add 10.77.0.2/24 dev "v$$b" &&
    ip -n "$id-a" link set "v$$a" up && ip -n "$id-b" link set "v$$b" up
} || exit 77
export SPUD_NAMESPACES=$id
ip netns exec "$id-a" unshare --uts sh -c 'hostname a; exec "$@"' sh \
    mpirun --allow-run-as-root --oversubscribe --bind-to none -n 2 --host 10.77.0.1:1,10.77.0.2:1 --map-by node \
    --mca plm_rsh_agent "$here/agent.sh" --mca pml ob1 --mca btl self,tcp --mca mpi_yield_when_idle 1 \
    --mca btl_tcp_if_include 10.77.0.0/24 --mca oob_tcp_if_include 10.77.0.0/24 "$@"
