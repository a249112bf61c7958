# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# machine_image.bash - the root of an image in which every program of this machine is: what it has in /usr and /etc is the
# machine's own, mounted read-only when a container starts, so nothing is copied.

# shellcheck disable=SC2034  # of podman, docker and compose
MACHINE_VOLUMES=(--volume /usr:/usr:ro --volume /etc:/etc:ro)

# make_machine_image DIRECTORY: in the place of what make_rootfs made there, whose programs the machine gets.
make_machine_image() {
  local root=$1 dir
  mkdir -p /usr/local/bin
  cp "$root"/bin/{access,attempts} /usr/local/bin/
  rm -r "$root"
  mkdir -p "$root"/{dev,etc,proc,run,sys,tmp,usr,var/lib,var/log}
  ln -s /run "$root/var/run"
  for dir in bin lib lib64 sbin; do ln -s "usr/$dir" "$root/$dir"; done
  # Engines mount their own upon these.
  touch /etc/{hosts,hostname,resolv.conf}
}
