# shellcheck shell=bash disable=SC2034,SC2154
# SPDX-License-Identifier: Apache-2.0
# wireguard.bash - what a WireGuard start script writes, in a container that declares it and is granted nothing.
#
# It writes again what the runtime has set, and ends at the first write that fails: the commonest reason why people
# open /proc/sys. Loaded after helpers.

WIREGUARD_SYSCTLS=(net.ipv4.conf.all.src_valid_mark=1 net.ipv4.ip_forward=1)
WIREGUARD_SCRIPT='set -e
busybox sysctl -w net.ipv4.conf.all.src_valid_mark=1
busybox sysctl -w net.ipv4.ip_forward=1
echo up
access net/ipv4/conf/all/src_valid_mark=0 net/ipv4/conf/all/src_valid_mark=1 net/ipv4/ip_forward=0 net/ipv4/ip_default_ttl=33'

# The script came to its end, and no other value could be written than the declared one.
expect_wireguard_up() {
  expect_status 0 || return
  expect_line up || return
  expect_line "net/ipv4/conf/all/src_valid_mark=0: EPERM, now 1" || return
  expect_line "net/ipv4/conf/all/src_valid_mark=1: ok, now 1" || return
  expect_line "net/ipv4/ip_forward=0: EPERM, now 1" || return
  expect_line "net/ipv4/ip_default_ttl=33: open:EROFS, now 64"
}

# Without an annotation it is as it always was: the script fails at its first write.
expect_wireguard_down() {
  ((status != 0)) || fail_with "the script came to its end" || return
  expect_output "Read-only file system" || return
  if grep -qx up <<<"$output"; then fail_with "it is up"; fi
}
