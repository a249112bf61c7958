#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Boots systemd in the root on /run/machine and runs COMMAND as a service of it; exits as COMMAND does.
#
#   boot_systemd.sh COMMAND...
#
# machine_init.sh starts it, in a machine. Only what the service needs is booted, a D-Bus among it: crun
# asks systemd for its cgroups there. The engines' own services stay off; tests start them.
set -euo pipefail

root=/run/machine

# The service ends the machine and its exit status is the machine's.
write_service() {
  local variable
  {
    echo '[Unit]'
    echo 'Requires=dbus.socket'
    echo 'After=dbus.socket'
    echo 'SuccessAction=exit-force'
    echo 'FailureAction=exit-force'
    echo '[Service]'
    echo 'Type=oneshot'
    for variable in PATH HOME LANG $(compgen -e SG_); do
      echo "Environment=\"$variable=${!variable}\""
    done
    echo 'ExecStart=/sg/command'
  } >"$root/etc/systemd/system/sg-test.service"
}

write_command() {
  {
    echo '#!/bin/bash'
    echo 'touch /sg/began'
    echo 'exec </dev/null >/sg/output 2>&1'
    # As machine_init.sh leaves it.
    echo 'mount --bind /proc/sys/kernel/domainname /proc/sys/kernel/domainname'
    echo 'mount -o remount,bind,rw /proc/sys/kernel/domainname'
    echo 'cd /sg/repo'
    echo "exec ${*@Q}"
  } >"$root/sg/command"
  chmod 755 "$root/sg/command"
}

main() {
  local status=0 output
  mkdir -p "$root"/sg/{repo,build}
  write_service
  write_command "$@"
  # What the service prints comes through a pipe. While this end of it is open `cat` goes on.
  mkfifo /run/output
  touch "$root/sg/output"
  exec 8<>/run/output
  cat 8>&- /run/output &
  output=$!
  # Engines make keys and load BPF programs, which nspawn's filter refuses otherwise.
  SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 SYSTEMD_NSPAWN_API_VFS_WRITABLE=network systemd-nspawn --boot --quiet --register=no --keep-unit \
    --capability=all --system-call-filter='@keyring bpf' --console=pipe --directory="$root" \
    --bind-ro=/sg/repo --bind-ro=/sg/build --bind=/run/output:/sg/output \
    systemd.unit=sg-test.service systemd.mask=systemd-sysctl.service 8>&- \
    </dev/null >/run/console 2>&1 || status=$?
  exec 8>&-
  wait "$output"
  # Where the service never ran, the console says why.
  [ -e "$root/sg/began" ] || tail -n 40 /run/console >&2
  return "$status"
}

main "$@"
