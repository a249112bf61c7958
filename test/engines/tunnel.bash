# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# tunnel.bash - a tunnel of wg-quick, by wireguard-go. A test has `inside COMMAND...`, which runs it in its container.

have_tun() {
  mkdir -p /dev/net
  [[ -e /dev/net/tun ]] || mknod /dev/net/tun c 10 200
  (: <>/dev/net/tun) 2>/dev/null
}

make_tunnel() {
  printf '%s\n' '[Interface]' "PrivateKey = $(wg genkey)" 'Address = 198.51.100.2/32' '[Peer]' \
    "PublicKey = $(wg genkey | wg pubkey)" 'AllowedIPs = 0.0.0.0/0' 'Endpoint = 192.0.2.9:51820'
}

# With the rule that sends everything through it, which wg-quick adds after the sysctl.
tunnel_is_up() {
  inside wg show wg0 >/dev/null 2>&1 && inside ip rule | grep -q 'lookup 51820' &&
    inside grep -q 1 /proc/sys/net/ipv4/conf/all/src_valid_mark
}
