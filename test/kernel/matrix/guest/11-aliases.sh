# SPDX-License-Identifier: Apache-2.0
#
# Which sysctls are one thing by two names on this kernel: each one is written and all others are read, which takes as
# long as the other programs together.
# shellcheck shell=dash
set -euo pipefail

aliases_test
