// SPDX-License-Identifier: Apache-2.0
// stray_keys.h - keys that were meant for us and are not ours: with a quote in front, spelled in
// another way, or a piece of a list.
//
// Podman before 5.0 reads each --annotation as a line of CSV: it cuts at commas, takes quotes off,
// and drops what is behind the first line. Later versions do nothing of that, so there the quotes
// become part of the key.
#pragma once

#include <optional>
#include <string_view>

namespace sg::policy {

// Whether something that is no letter and no digit stands before "io.sysctl-guard.": quotes of any
// kind, blanks, line breaks, brackets.
[[nodiscard]] bool is_key_behind_quote(std::string_view key);

// Whether the key names us and is none of ours: in lower case and without ".", "-", "_" and "/" it
// holds "sysctlguard" (sysctl-guard.io/allow, io.sysctl-guard/allow, sysctlguard.allow), or it is one
// of ours but for a letter of that, or two that changed places (io.sysctl-gaurd.allow). One behind a
// quote is not meant.
[[nodiscard]] bool is_key_nearly_ours(std::string_view key);

// The key of kAnnotationKeys that was most likely meant by one that is nearly ours; nothing where
// none is near.
[[nodiscard]] std::optional<std::string_view> key_meant_by(std::string_view key);

// Whether the annotation reads like a rule of a list that was cut: white space in front of the key,
// a group, a pattern with "*", or the name of a sysctl, be it with what is left of quotes and of a
// JSON array around it. Keys that begin with a domain (net.example.app/x, dev.containers.id,
// vm.kubevirt.io/os) do not. It takes guessing, so it is asked only of containers that have a key
// of ours.
[[nodiscard]] bool reads_like_rule(std::string_view key, std::string_view value);

}  // namespace sg::policy
