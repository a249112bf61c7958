// SPDX-License-Identifier: Apache-2.0
// attach_policy.h - a policy onto a cgroup: by the program that other containers with it have, or
// by one that is loaded for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "compile/meta.h"
#include "kernel/attachment.h"
#include "request/make_policy.h"

namespace sg::guard {

// A program that is loaded already.
struct KnownProgram {
  kernel::Guard guard;
  compile::Meta notes;  // what compile::decode_notes() takes of its metadata
};

// The one that was made of exactly `input`, which request::policy_input() has made and in which the
// ID of the host's buffer of events is filled in here. Nothing where there is none among the pins,
// or `input` is empty.
[[nodiscard]] std::optional<KnownProgram> find_known(std::vector<std::uint8_t>& input);

// Attaches a guard with the policy, which was made of `input`, for this container, in place of an
// earlier one of it: a known one, or one that is loaded and then known. `notes` gets a line where
// events are wanted and cannot be had: the guard works without. Errors: those of Guard::load() and
// attach_guard().
[[nodiscard]] Status attach_policy(request::MadePolicy ready, std::vector<std::uint8_t> input,
                                   const kernel::Container& container, int cgroup_fd,
                                   kernel::Attach how, std::vector<std::string>& notes);

}  // namespace sg::guard
