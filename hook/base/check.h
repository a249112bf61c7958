// SPDX-License-Identifier: Apache-2.0
// check.h - SG_CHECK: an invariant of this program, tested in release builds too.
//
// A broken invariant is a bug here, never a user's mistake. Aborting fails closed: the runtime sees
// a dead hook and does not start the container.
#pragma once

#include <cstdlib>

#define SG_CHECK(condition) \
  do {                      \
    if (!(condition)) {     \
      std::abort();         \
    }                       \
  } while (false)
