# SPDX-License-Identifier: Apache-2.0
#
# No test made the kernel warn. What a busy host causes (stalls, lockups) does not count.
# shellcheck shell=dash
set -euo pipefail

dmesg >/run/log
if grep -E '(WARNING|BUG|Oops|KASAN|general protection)' /run/log |
  grep -v -i -e 'soft lockup' -e stall -e 'hung task' -e spectre -e mitigation >/run/warnings; then
  cat /run/warnings
  grep -A 30 -E '(WARNING|BUG|Oops):' /run/log | head -n 60
  exit 1
fi
