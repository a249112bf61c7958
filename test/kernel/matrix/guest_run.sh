#!/bin/busybox sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=dash
#
# Runs each /test/guest/*.sh in the order of the names, each for at most `limit` seconds, and prints
#   SG-TEST NAME PASS|FAIL TIME
# followed by what the test printed, each line after `| `. Exit 1 if one failed or there was none.
set -uo pipefail  # a failed test does not end the run
limit=480
failed=0
count=0

echo "SG-KERNEL $(uname -r)"
for test in /test/guest/*.sh; do
  [ -e "$test" ] || break
  count=$((count + 1))
  name=$(basename "$test" .sh)
  verdict=PASS
  begin=$(date +%s)
  if ! timeout -s KILL "$limit" sh "$test" >/run/output 2>&1 </dev/null; then
    verdict=FAIL
    failed=1
  fi
  echo "SG-TEST $name $verdict $(($(date +%s) - begin))s"
  sed 's/^/| /' /run/output
done
[ "$count" -gt 0 ] || failed=1
exit "$failed"
