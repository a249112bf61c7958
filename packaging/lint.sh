#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# lint.sh - lintian and rpmlint about packages; what they may find is in lintian-overrides and rpmlint.toml, with reasons.
#
#   lint.sh FILE...     FILE ends in .deb or .rpm
#
# Exit 1 if one of them finds anything else, warnings included.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

main() {
  local file said status=0
  (($#)) || {
    echo "usage: lint.sh FILE..." >&2
    exit 2
  }
  for file; do
    case $file in
      *.deb) lintian --allow-root --fail-on error,warning "$file" || status=1 ;;
      *.rpm)
        # Its exit status does not tell of warnings.
        said=$(rpmlint -c "$here/rpmlint.toml" "$file" 2>&1) || status=1
        if ! grep -qE ' 0 errors, 0 warnings,' <<<"$said"; then
          echo "$said"
          status=1
        fi
        ;;
      *)
        echo "${0##*/}: '$file' is no package" >&2
        exit 2
        ;;
    esac
  done
  return "$status"
}

main "$@"
