# SPDX-License-Identifier: Apache-2.0
#
# What data/sysctls says of this kernel. With `sg_print` on the command line (run.sh -v -a sg_print)
# it prints what is there instead, for data/sysctls/make_walked.py.
# shellcheck shell=dash
set -euo pipefail

if grep -q sg_print /proc/cmdline; then
  sysctl_catalogue_test "[print]"
  sysctl_namespaces_test "[print]"
else
  SG_THROWAWAY=1 sysctl_catalogue_test
fi
