// SPDX-License-Identifier: Apache-2.0
// kernel_release_test.cpp - releases of distributions, and texts that are none.
#include "host/kernel_release.h"

#include "support/catch.h"

using sg::host::KernelRelease;
using sg::host::parse_kernel_release;

TEST_CASE("Kernel release: two numbers, whatever stands behind") {
  CHECK(parse_kernel_release("6.1.0-44-amd64") == KernelRelease{6, 1});
  CHECK(parse_kernel_release("5.10") == KernelRelease{5, 10});
  CHECK(parse_kernel_release("7.0-rc3+") == KernelRelease{7, 0});
  CHECK(parse_kernel_release("5.14.0-503.el9") < KernelRelease{5, 19});
  CHECK_FALSE(parse_kernel_release("6.0.1") < KernelRelease{5, 19});
}

TEST_CASE("Kernel release: any other text is older than every kernel") {
  for (const char* text : {"", "6", "6.", "x.1", ".1", "-6.1", "06.1", "99999999999999999999.1"}) {
    INFO(text);
    CHECK(parse_kernel_release(text) == KernelRelease{0, 0});
  }
  CHECK(sg::host::kernel_release() > KernelRelease{5, 0});
}
