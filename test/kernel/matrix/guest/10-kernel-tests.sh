# SPDX-License-Identifier: Apache-2.0
#
# The programs that test the guard on the kernel they run on: cgroups and namespaces, the walk of
# the same tables natively and in this kernel, the guard on a cgroup,
# its events.
# shellcheck shell=dash
set -uo pipefail  # all of them are run
export SG_AGREEMENT_SMALL=1 SG_LOAD_SECONDS=1 SG_UPDATES=20
failed=0

for program in cgroup_test sysctl_namespaces_test walk_agreement_test guard_test shared_guard_test guards_test event_test; do
  begin=$(date +%s)
  if "$program" >/run/program 2>&1; then word=passed; else word=failed failed=1; fi
  cat /run/program
  echo "$program: $word after $(($(date +%s) - begin)) s"
done
exit "$failed"
