// SPDX-License-Identifier: Apache-2.0
// guarded_config.h - a config.json into the one its container is created from.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "oci/create_config.h"
#include "request/node_policy_load.h"

namespace sg::request {

// How the annotations begin that name a file which crun opens as the host's root, and into which
// hooks then write.
inline constexpr std::string_view kHookOutput = "run.oci.hooks.";

// A config.json, and what is known of where it comes from.
struct CreateDocument {
  std::string_view text;
  const oci::CreateConfig& config;  // parsed from it
  std::string bundle;     // its directory, to which a relative root belongs; empty: not known
  std::string hook_path;  // our hook: absolute, without symbolic links
  std::vector<std::string> hook_args;  // argv[1] and on, that the hook was registered with
  bool is_fresh = false;               // the engine has just written it: no edit was made before
  // The runtime is known to run createContainer hooks in a user namespace. runc does. crun enters
  // the bundle first, which the namespace's root may not do where that is the host's root's alone,
  // as Podman's is: no such container would start.
  bool locks_user_namespaces = false;
  // A container that is opened gets our AppArmor profile in place of its engine's default.
  bool sets_apparmor_profile = false;
};

// Whether a container wants a guard, as its config.json says: it has an annotation of ours, known
// or not, or one behind a quote (a mistake is for the hook to refuse), or names our hook already;
// or the node policy assigns it a profile. Also where that cannot be told, as the node policy
// cannot be read: the hook then says so.
[[nodiscard]] bool asks_for_guard(const oci::CreateConfig& create,
                                  const NodePolicyChoice& node_policy);

struct GuardedConfig {
  std::string text;  // equal to what came in where there was nothing to change
  // For the system log: why /proc/sys stays read-only although it was asked for; or empty.
  std::string note;
};

// Adds the hook, and opens what the container is granted where nothing is against it: all in the
// one text, see oci/open_proc_sys.h. Opened is for who asks to write: by `allow` rules, of
// annotations, profile or the node's default; by an annotation that chooses audit; by pairs of
// linux.sysctl, where there is an annotation of ours or a profile besides. A request with a mistake
// gets the hook alone, which then refuses the container with a line that says what to write. Who is
// apart (oci/open_proc_sys.h) is opened without the lock where the runtime may not be able to set
// it: whatever is not its own in /proc/sys belongs to the host's root, whom it does not map.
// Errors: kUsage where an entry of our hook has arguments that the hook does not know, as it would
// not guard; kBadInput, as of oci/open_proc_sys.h.
[[nodiscard]] Result<GuardedConfig> make_guarded(const CreateDocument& document);

}  // namespace sg::request
