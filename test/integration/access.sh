#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# access.sh - runs inside a test container: carries out accesses, prints one line for each.
#
#   NAME=VALUE   writes      prints  NAME=VALUE: RESULT, now VALUE
#   NAME         reads       prints  NAME: RESULT, now VALUE
#
# NAME is in slash form. RESULT is `ok`, or the name of the error (EPERM), or `open:ERROR`.
set -eu

for access; do
  name=${access%%=*}
  file=/proc/sys/$name
  method=write value=${access#*=}
  if [ "$access" = "$name" ]; then
    method=read value=-
  fi
  result=$(attempts -f "$file" -v "$value" "$method")
  result=${result#* }
  case $result in
  ok:*) result=ok ;;
  errno:*) result=${result#errno:} ;;
  esac
  now=$(cat "$file" 2>/dev/null || echo '?')
  echo "$access: $result, now $now"
done
