#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Boots a kernel in an emulated machine and exits with the code that the guest reports.
#
#   boot.sh KERNEL INITRAMFS [CMDLINE]...
#
# A file modules.cpio beside KERNEL is added to the initramfs. The console goes to stdout at
# the end. The machine is of the architecture SG_ARCH (amd64). The guest's last line is `SG-RESULT CODE`; without it the exit code is 125, after
# SG_BOOT_SECONDS (default 900) it is 124. SG_DISK is the file of a disk, /dev/vda in the guest, which cannot write to it.
# Needs no rights and no KVM.
set -euo pipefail
# shellcheck source=test/kernel/matrix/common.sh
. "$(dirname "$0")/common.sh"

# start KERNEL INITRAMFS [CMDLINE]...: leaves the process to wait for in qemu.
# Two faults that emulators have are avoided. Their cmpxchg16b leaves wrong flags behind, which an
# interrupt then stores: no cx16. With a host thread for each CPU, a CPU may run code that another
# has just patched, and the kernel dies with `int3`: one thread.
# On arm64 `pauth-impdef` is the cheap way to sign pointers; the architecture's own takes half of the time.
start() {
  local kernel=$1 initramfs=$2 disk=() machine console
  case $SG_ARCH in
    amd64) machine=(-cpu "max,-cx16" -m 1024) console=ttyS0 ;;
    arm64) machine=(-machine "virt,gic-version=3" -cpu "max,pauth-impdef=on" -m 2048) console=ttyAMA0 ;;
  esac
  shift 2
  [ -z "${SG_DISK:-}" ] || disk=(-drive "file=$SG_DISK,format=raw,if=virtio,readonly=on" -m 2048)
  timeout --kill-after=5 "${SG_BOOT_SECONDS:-900}" "$emulator" "${machine[@]}" \
    -accel tcg,thread=single -smp 2 -no-reboot \
    -nodefaults -display none -monitor none -serial stdio \
    -kernel "$kernel" -initrd "$initramfs" "${disk[@]}" \
    -append "console=$console panic=-1 quiet loglevel=3 random.trust_cpu=on $*" \
    </dev/null >"$work_dir/console" 2>&1 &
  qemu=$!
}

main() {
  [ $# -ge 2 ] || die "usage: boot.sh KERNEL INITRAMFS [CMDLINE]..."
  local kernel=$1 initramfs=$2 modules result='' code=0
  shift 2
  need "$emulator" "$emulator_package"
  [ -r "$kernel" ] || die "$kernel: not readable"
  [ -r "$initramfs" ] || die "$initramfs: not readable"
  modules=$(dirname "$kernel")/modules.cpio
  if [ -r "$modules" ]; then
    cat "$initramfs" "$modules" >"$work_dir/initramfs"
    initramfs=$work_dir/initramfs
  fi
  start "$kernel" "$initramfs" "$@"
  wait "$qemu" || code=$?
  tr -d '\r' <"$work_dir/console"
  [ "$code" -ne 124 ] || return 124
  result=$(tr -d '\r' <"$work_dir/console" | awk '/^SG-RESULT [0-9]+$/ { print $2 }' | tail -n 1)
  return "${result:-125}"
}

main "$@"
