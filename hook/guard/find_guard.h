// SPDX-License-Identifier: Apache-2.0
// find_guard.h - which container somebody means: by its ID, what its ID begins with, its name, or
// the pod that it is in.
//
// A name is no identity: whoever makes a container chooses it, and may choose the ID that `list`
// shows of another one. So an ID outranks it, and a name that could mean anything else means
// nothing. Every command asks here.
#pragma once

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "guard/engine_names.h"
#include "guard/guard_view.h"

namespace sg::guard {

// What there is on the host to be meant.
struct Containers {
  std::vector<GuardView> guards;
  // All of them: engines name those of containers, guarded or not, by their IDs.
  std::vector<std::string> cgroups;
  EngineNames engine_names = {};  // of all of them
};

// The IDs of containers after which a cgroup is named: ID, PREFIX-ID or PREFIX-ID.scope. Only such
// IDs as engines make: any other component may be anything.
[[nodiscard]] std::set<std::string> ids_in(std::span<const std::string> cgroups);

// How a text means an ID: it is the whole of it, or the beginning.
enum class IdMatch { kNone, kPrefix, kWhole };
[[nodiscard]] IdMatch match_id(std::string_view id, std::string_view wanted) noexcept;

// By what a container was found.
enum class FoundBy {
  kWholeId,
  kPrefix,
  kName,
  kPod,         // NAMESPACE/POD
  kNameLikeId,  // 12 or more hexadecimal digits: who types them means one that is gone or unguarded
};

struct FoundContainer {
  FoundBy by = FoundBy::kWholeId;
  // Of this one container, at least one; by a pod, of all of its containers.
  std::vector<const GuardView*> guards;
};

// The guarded container that `wanted` means: a whole ID, or the cgroup of a guard, which two
// containers of one ID differ by; else what one ID begins with, or the name
// of one container, where it fits no other one: not by its ID, guarded or not, nor by its name, nor
// as `list` shows either of them; else all containers of a pod, where it fits nothing else. Nothing
// where there is none. Errors: kUsage, with all that it fits.
[[nodiscard]] Result<std::optional<FoundContainer>> find_container(const Containers& containers,
                                                                   std::string_view wanted);

// The guard of that container; by a pod, of the only one that it has beside its sandbox. Errors,
// kUsage: those of find_container(); there is none, or only one with a name like an ID, or it has
// several guards, or the pod several containers; the hint says what to do.
[[nodiscard]] Result<const GuardView*> find_guard(const Containers& containers,
                                                  std::string_view wanted);

// The texts in one line, with commas, and from the eleventh on only how many.
[[nodiscard]] std::string list_of(std::span<const std::string> texts);

}  // namespace sg::guard
