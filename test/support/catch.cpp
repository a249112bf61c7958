// SPDX-License-Identifier: Apache-2.0
// catch.cpp - nothing but the header, which is precompiled with this file for all test programs.
#include "support/catch.h"
