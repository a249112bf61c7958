// SPDX-License-Identifier: Apache-2.0
// state.h - the container's state, which the runtime writes to the hook's standard input.
//
// Fields as in the OCI runtime specification. crun adds a "root", says ociVersion "1.0", and
// reports pid 0 and the status "starting" in some stages; none of that is an error here.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace sg::oci {

// The most bytes of a state. Kubernetes bounds the annotations of a pod at 256 KiB, which JSON
// escapes can make six times as long; 2 MiB is above that.
inline constexpr std::size_t kStateMax = std::size_t{2} << 20;

struct State {
  std::string id;
  std::string status;  // as the runtime wrote it, known or not
  std::string bundle;  // a hint: crun reports "/" in some versions
  // Crun alone: root.path of config.json, at createContainer relative to the working directory.
  std::string root;
  pid_t pid = 0;  // 0 where the state has none
  std::map<std::string, std::string> annotations;
};

// Members of other names are passed over; annotations that are null are none. Each annotation is
// text, and may hold zero bytes.
// Errors, all kBadInput: not JSON, not a JSON object, no `id` or an empty one or one of more than
// kIdMax bytes, a field of the wrong type, a pid that is negative or no int, a zero byte in `id` or
// `bundle` or `root`, a key that stands twice in the state or in its annotations,
// more than kStateMax bytes.
[[nodiscard]] Result<State> parse_state(std::string_view text);

// Longer IDs do not occur: runc refuses IDs over 1,024 bytes, engines use 64.
inline constexpr std::size_t kIdMax = 1024;

}  // namespace sg::oci
