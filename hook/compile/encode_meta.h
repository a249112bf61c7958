// SPDX-License-Identifier: Apache-2.0
// encode_meta.h - what a guard says about itself, as the bytes of its metadata map.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "policy/policy.h"

namespace sg::compile {

// A sg_meta (bpf/meta_abi.h) with the container's ID and the policy in text behind it: one line for each
// rule, in the order of their numbers: "<kind> TAB <rule> TAB <source> LF", every byte of the fields
// printable. `now_ns` is CLOCK_REALTIME, `tool` the version of sysctl-guard.
[[nodiscard]] std::vector<std::uint8_t> encode_meta(const policy::Policy& policy,
                                                    std::string_view container_id,
                                                    std::uint64_t now_ns, std::string_view tool);

}  // namespace sg::compile
