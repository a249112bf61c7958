// SPDX-License-Identifier: Apache-2.0
// name_pattern.h - the name in a rule, in which '*' is the wildcard, checked and put into slash
// form.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "policy/rule_text.h"

namespace sg::policy {

// A pattern of a rule in slash form; '*' is the only wildcard. Findings, and nothing returned: an
// empty, "." or ".." component, more than kNameMax bytes, unprintable bytes, and characters with a
// meaning in the grammar or in other pattern languages ('?', '[', '{', "**"), the last with a hint
// that names the supported form.
[[nodiscard]] std::optional<std::string> parse_pattern(std::string_view written,
                                                       const TextPlace& place,
                                                       Diagnostics& findings);

}  // namespace sg::policy
