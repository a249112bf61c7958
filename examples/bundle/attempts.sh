#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# attempts.sh - runs in the container: tries each ACCESS and prints `done`, `refused` or `failed` for it.
#
# ACCESS is NAME (a read) or NAME=VALUE (a write), NAME with dots. `done` means that a write can be
# read back, `refused` is EPERM. Each line of standard input is one ACCESS.
set -eu

while IFS= read -r access; do
  name=${access%%=*}
  file=/proc/sys/$(echo "$name" | tr . /)
  if [ "$access" = "$name" ]; then
    said=$(cat "$file" 2>&1 >/dev/null) && said=ok
  else
    said=$( (echo "${access#*=}" >"$file") 2>&1) && said=ok
    if [ "$said" = ok ] && [ "$(cat "$file")" != "${access#*=}" ]; then said=changed; fi
  fi
  case $said in
  ok) echo "done" ;;
  *"not permitted"*) echo "refused" ;;
  *) echo "failed: $said" ;;
  esac
done
