// SPDX-License-Identifier: Apache-2.0
// guard_skel.h - the generated skeleton of the guard; the only file that includes it.
//
// The generated code is C and knows nothing of our warnings, so its directory is a system one.
#pragma once

#include "relation.h"  // a type that the skeleton names

#include <sysctl_guard.skel.h>
