// SPDX-License-Identifier: Apache-2.0
// hooks_d.h - the file by which Podman and CRI-O know of the hook (oci-hooks(5)).
#pragma once

#include <string>
#include <string_view>

namespace sg::app {

// Files run in the order of their names. Late, so that the precreate stage sees what others have changed.
inline constexpr std::string_view kHooksDFile = "90-sysctl-guard.json";
// Where both engines look unless they are told otherwise, for root and rootless alike.
inline constexpr std::string_view kHooksDDefault = "/usr/share/containers/oci/hooks.d";

// A hook that hangs must not hold its engine for ever; it needs milliseconds, and on a machine without
// any processor to spare seconds.
inline constexpr int kHookTimeoutSeconds = 30;

// Matches every annotation of ours, with and without "/NAME" behind it, and one behind a quote, as
// Podman from 5.0 on leaves it there: the hook refuses it, and without the hook its rules would be
// lost. Open at its end: no '.' matches a line break, so that "^...*$" would miss some keys, and
// what is not matched is not guarded.
inline constexpr std::string_view kAnnotationKeyPattern = R"(^[^a-zA-Z0-9]*io\.sysctl-guard\.)";
// Found in any value, for the same reason: a list may have a rule on each line.
inline constexpr std::string_view kAnnotationValuePattern = ".*";

struct HooksDEntry {
  std::string hook;             // as the system will see it
  bool all_containers = false;  // else those with an annotation of ours
  bool precreate = false;       // Podman's stage that may change config.json
};

[[nodiscard]] std::string hooks_d_text(const HooksDEntry& entry);

}  // namespace sg::app
