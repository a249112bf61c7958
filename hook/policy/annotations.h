// SPDX-License-Identifier: Apache-2.0
// annotations.h - the annotations of a container into the rules it asks for.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/diagnostic.h"
#include "policy/container_name.h"
#include "policy/node_policy.h"

namespace sg::policy {

// The keys that are read, each behind the prefix and with or without "/NAME" at its end.
inline constexpr std::string_view kAnnotationPrefix = "io.sysctl-guard.";
inline constexpr std::array<std::string_view, 6> kAnnotationKeys = {"allow", "deny",    "deny-read",
                                                                    "mode",  "profile", "refuse"};

// The most bytes of all annotations of a container, keys and values, ours or not. Kubernetes lets a
// pod have 256 KiB.
inline constexpr std::size_t kAnnotationBytesMax = std::size_t{1} << 20;

// What the edit of config.json leaves behind the prefix (oci/open_proc_sys.h). Nobody else writes
// them; here they are passed over.
inline constexpr std::array<std::string_view, 3> kMarkKeys = {"opened", "was-open", "closed"};

// Whether the whole key is one of them.
[[nodiscard]] bool is_mark(std::string_view key);

// Whether a policy depends on the annotation: it is one of ours, or the name that chooses among
// them.
[[nodiscard]] bool is_annotation_of_ours(std::string_view key);

// Whether a key is ours, known or not, or one of ours behind a quote (stray_keys.h).
[[nodiscard]] bool has_annotation_of_ours(const std::map<std::string, std::string>& annotations);

// Those of them on which parse_annotations() and find_keys_nearly_ours() depend: all others may be
// there or not. Nothing where they have more bytes than the first reads.
[[nodiscard]] std::optional<std::vector<const std::pair<const std::string, std::string>*>>
annotations_read(const std::map<std::string, std::string>& annotations);

// Whether parse_annotations reads the annotation, or finds that it is a mistake.
[[nodiscard]] bool is_meant_for_us(std::string_view key, std::string_view value);

// A finding for each of the first keys that are nearly ours (stray_keys.h), and one for the others
// together. Nothing reads them, so that what they ask for is lost without a word.
void find_keys_nearly_ours(const std::map<std::string, std::string>& annotations, Severity severity,
                           Diagnostics& findings);

// What the annotations ask for; each list is empty where its key is absent.
struct Request {
  RuleLists lists;
  bool has_allow = false;              // there is an `allow`, be it an empty one
  std::optional<std::string> profile;  // a profile of the node policy
  std::optional<Mode> mode;            // one that the node policy lets annotations choose
  // The container's /proc/sys was writable before us, so that an audit of the node may let
  // everything through. No annotation says so: the caller has looked.
  bool was_open = false;
};

// Reads every key that begins with "io.sysctl-guard."; others are ignored, but for the two that
// name the container (io.kubernetes.cri.container-name, io.kubernetes.container.name), which choose
// among keys with a "/NAME" behind them. `profile` is the one that the hook's own arguments or the
// node policy's "assign" give it, or "". Every mistake is a finding: an unknown key (with the
// nearest real one), a key of ours behind a quote and, beside one of ours, a key that reads like a
// rule (stray_keys.h), two names that differ, a profile that the node policy has not or that is not
// `profile`, a mode that it does not let annotations choose, and whatever the lists contain.
[[nodiscard]] Request parse_annotations(const std::map<std::string, std::string>& annotations,
                                        const NodePolicy& node, std::string_view profile,
                                        Diagnostics& findings);

}  // namespace sg::policy
