#!/bin/sh
# FRR by Podman: frr.sh [PODMAN-OPTION]... IMAGE [COMMAND]...
#
# FRR's daemons end without CAP_SYS_ADMIN. In the host's user namespace a container with it could undo its guard, so nothing
# is opened for it. Here it has user and cgroup namespaces of its own, where the capability reaches no guard.
exec podman run --name frr --uidmap 0:100000:65536 --cgroupns=private \
  --cap-add NET_ADMIN --cap-add NET_RAW --cap-add SYS_ADMIN \
  --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1; net.ipv6.conf.all.forwarding=0|1' \
  "$@"
