// SPDX-License-Identifier: Apache-2.0
// advice.h - what is said about a rule, before it is known where the rule stands.
#pragma once

#include <string>

namespace sg::advice {

// What is wrong, and what to write instead, which can be empty.
struct Advice {
  std::string message;
  std::string hint;
};

}  // namespace sg::advice
