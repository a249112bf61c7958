// SPDX-License-Identifier: Apache-2.0
// create_fuzz.cpp - any bytes as a config.json that is edited before the container is created.
//
// Held for every input that is taken: what comes out is a config.json again; it has our hook; every
// value of it but the edit is there as before, in the same order; without the hook no byte is new;
// a second edit changes nothing; what is opened is locked and marked. And there is a reason to stay
// closed for who has SYS_ADMIN, BPF with NET_ADMIN, or a capability that is no plain name, in any
// spelling, or no PID namespace, without new user and cgroup namespaces, and for who binds what is
// below /sys/fs/cgroup: judged here anew, from the raw values.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/json.h"
#include "oci/create_config.h"
#include "oci/open_proc_sys.h"
#include "oci/state.h"
#include "request/stay_closed.h"

namespace {

using sg::JsonItem;
using sg::JsonType;
using sg::oci::CreateConfig;
using sg::oci::CreateEdit;
using Items = std::vector<JsonItem>;

constexpr const char* kHook = "/h/sysctl-guard-hook";

// None where a key stands twice in an object that the edit does not read.
Items items_of(const std::string& text) {
  static const std::vector<std::vector<std::string_view>> kEverything(1);
  const auto items = sg::read_json(text, "document", kEverything);
  return items ? *items : Items{};
}

CreateConfig parsed(const std::string& text) {
  const auto config = sg::oci::parse_create_config(text);
  SG_CHECK(config);
  return *config;
}

bool is_open_to(const CreateConfig& config) {
  return sg::request::reason_to_stay_closed(
             config,
             {.cgroup_mounts = {"/sys/fs/cgroup"}, .proc_mounts = {"/proc"}, .covers_proc = true})
      .empty();
}

// Empty where the edit is refused.
std::string edited(const std::string& text, bool open) {
  CreateEdit edit{.hook_path = kHook, .hook_args = {"-x"}};
  if (open) {
    edit.open = {"net/ipv4/conf/"};
  }
  const auto result = sg::oci::edit_for_create(text, parsed(text), edit);
  SG_CHECK(result || result.error().code == sg::Errc::kBadInput);
  return result ? *result : "";
}

bool is_below(const JsonItem& item, std::initializer_list<std::string_view> path) {
  return item.path.size() >= path.size() && std::equal(path.begin(), path.end(), item.path.begin());
}

// Every value that the edit may not touch, with its path. Hooks, read-only paths and marks are
// looked at apart.
std::vector<std::string> others(const Items& items) {
  std::vector<std::string> lines;
  for (const JsonItem& item : items) {
    if (is_below(item, {"hooks", "createRuntime"}) ||
        is_below(item, {"hooks", "createContainer"}) ||
        is_below(item, {"linux", "readonlyPaths"}) ||
        is_below(item, {"annotations", sg::oci::kOpenedKey}) ||
        (item.path.size() == 1 && (item.path[0] == "hooks" || item.path[0] == "annotations"))) {
      continue;
    }
    std::string line = std::to_string(static_cast<int>(item.type));
    for (const std::string& key : item.path) {
      line += "/" + std::to_string(key.size()) + ":" + key;
    }
    lines.push_back(line + "=" + item.text);
  }
  return lines;
}

bool is_subsequence(const std::string& part, const std::string& whole) {
  std::size_t at = 0;
  for (const char c : whole) {
    at += at < part.size() && part[at] == c ? 1 : 0;
  }
  return at == part.size();
}

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
  return text;
}

bool is_odd(char c) { return c != '_' && (c < 'A' || c > 'Z'); }

bool must_stay_closed(const Items& items) {
  bool admin = false;
  bool bpf = false;
  bool net = false;
  bool user = false;
  bool cgroup = false;
  bool pid = false;
  std::map<std::string, unsigned> bind_mounts;  // by index: 1 for the type, 2 for the source
  for (std::size_t i = 0; i < items.size(); ++i) {
    const JsonItem& item = items[i];
    if (is_below(item, {"process", "capabilities"}) && item.type == JsonType::kString) {
      const std::string name = upper(item.text);
      admin = admin || name == "CAP_SYS_ADMIN" || name.find("CAP_") != 0 ||
              std::ranges::any_of(name, is_odd);
      bpf = bpf || name == "CAP_BPF";
      net = net || name == "CAP_NET_ADMIN";
    }
    if (is_below(item, {"linux", "namespaces"}) && item.path.size() == 4 &&
        item.path[3] == "type") {
      user = user || item.text == "user";
      cgroup = cgroup || item.text == "cgroup";
      pid = pid || item.text == "pid";
    }
    if (is_below(item, {"mounts"}) && item.path.size() == 3) {
      bind_mounts[item.path[1]] |= item.path[2] == "type" && item.text == "bind" ? 1U : 0U;
      bind_mounts[item.path[1]] |=
          item.path[2] == "source" && item.text.starts_with("/sys/fs/cgroup/") ? 2U : 0U;
    }
  }
  const bool bound =
      std::ranges::any_of(bind_mounts, [](const auto& mount) { return mount.second == 3; });
  return bound || (!(user && cgroup) && (admin || !pid || (bpf && net)));
}

// What is left of the read-only paths is a part of what was there; everything in it that is plainly
// not /proc/sys is left.
void check_paths(const CreateConfig& before, const CreateConfig& after) {
  std::size_t at = 0;
  const std::vector<std::string>& left = after.config.readonly_paths;
  for (const std::string& path : before.config.readonly_paths) {
    if (at < left.size() && left[at] == path) {
      ++at;
      continue;
    }
    SG_CHECK(path.starts_with('/') && path.find("proc") < path.find("sys"));
    SG_CHECK(path.find_first_not_of("/.procsy") == std::string::npos);
    SG_CHECK(path.find("..") == std::string::npos);
  }
  SG_CHECK(at == left.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  // No document is both: a state that was taken for a config.json would be printed, and nobody
  // guarded.
  const auto if_config = sg::oci::parse_if_config(text);
  SG_CHECK(!if_config || !if_config->has_value() || !sg::oci::parse_state(text));
  const auto create = sg::oci::parse_create_config(text);
  if (!create) {
    SG_CHECK(create.error().code == sg::Errc::kBadInput);
    SG_CHECK(create.error().message.size() < 300);
    return 0;
  }
  const Items items = items_of(text);
  if (items.empty() && edited(text, /*open=*/true).empty()) {
    return 0;
  }
  SG_CHECK(items.empty() || !must_stay_closed(items) || !is_open_to(*create));
  for (const bool open : {false, true}) {
    const std::string after = edited(text, open);
    const CreateConfig config = parsed(after);
    SG_CHECK(sg::oci::runs_hook(config.config, kHook));
    SG_CHECK(config.config.hooks.size() >= create->config.hooks.size());
    SG_CHECK(!open ||
             (sg::oci::is_opened_by_us(config.config) && !sg::oci::is_closed(config.config)));
    SG_CHECK(others(items_of(after)) == others(items));
    SG_CHECK(edited(after, open) == after);
    check_paths(*create, config);
    if (!open) {
      SG_CHECK(config.config.readonly_paths == create->config.readonly_paths);
      const bool is_guarded = sg::oci::runs_hook(create->config, kHook);
      SG_CHECK(is_guarded ? after == text
                          : is_subsequence(text, after) || text.find("null") != std::string::npos);
    }
  }
  return 0;
}
