// SPDX-License-Identifier: Apache-2.0
// catch.h - Catch2, whichever of its two major versions the distribution has.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
