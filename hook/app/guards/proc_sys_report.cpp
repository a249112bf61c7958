// SPDX-License-Identifier: Apache-2.0
// proc_sys_report.cpp - the mounts say what is shut, the container's own annotation says why.
#include "app/guards/proc_sys_report.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "oci/open_proc_sys.h"

namespace sg::app {
namespace {

// "all", "parts" or "none"; nothing where it is not known.
std::string writable_word(const SeenProcSys& proc_sys) {
  if (!proc_sys) {
    return "";
  }
  return proc_sys->is_writable() ? "all" : proc_sys->parts().empty() ? "none" : "parts";
}

}  // namespace

bool is_shut(const compile::Meta& meta, const SeenProcSys& proc_sys) {
  const bool permits = meta.audit != policy::Audit::kOff ||
                       std::ranges::find(meta.rules, policy::RuleKind::kAllow,
                                         &compile::MetaRule::kind) != meta.rules.end();
  return permits && writable_word(proc_sys) == "none";
}

std::string why_shut(const compile::Meta& meta) {
  const auto why = meta.origin.annotations.find(std::string(oci::kClosedKey));
  return why == meta.origin.annotations.end()
             ? "neither Podman's precreate stage nor sysctl-guard-runtime has opened it"
             : escape(why->second, 256);
}

std::string proc_sys_text(const compile::Meta& meta, const SeenProcSys& proc_sys) {
  const std::string word = writable_word(proc_sys);
  if (word.empty()) {
    return "not known: no process of the container can be looked at";
  }
  if (word == "all") {
    return "writable";
  }
  if (word == "none") {
    return "read-only: " + why_shut(meta);
  }
  std::string list;
  for (const std::string& part : proc_sys->parts()) {
    list += (list.empty() ? "" : ", ") + escape(part, 256);
  }
  return "read-only but for " + list;
}

Json proc_sys_json(const compile::Meta& meta, const SeenProcSys& proc_sys) {
  const std::string word = writable_word(proc_sys);
  const std::vector<std::string> parts = proc_sys ? proc_sys->parts() : std::vector<std::string>();
  return Json::object({{"writable", text_or_null(word)},
                       {"paths", Json::array_of(parts)},
                       {"why", text_or_null(word == "none" ? why_shut(meta) : "")}});
}

}  // namespace sg::app
