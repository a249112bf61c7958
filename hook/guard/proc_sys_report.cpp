// SPDX-License-Identifier: Apache-2.0
// proc_sys_report.cpp - the mounts say what is shut, the container's own annotation says why.
#include "guard/proc_sys_report.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "oci/open_proc_sys.h"
#include "policy/annotations.h"

namespace sg::guard {
namespace {

// "all", "parts" or "none"; nothing where it is not known.
std::string writable_word(const SeenProcSys& proc_sys) {
  if (!proc_sys) {
    return "";
  }
  return proc_sys->is_writable() ? "all" : proc_sys->parts().empty() ? "none" : "parts";
}

bool audits(const compile::Meta& meta) { return meta.audit != policy::Audit::kOff; }

bool has_allow_rule(const compile::Meta& meta) {
  return std::ranges::find(meta.rules, policy::RuleKind::kAllow, &compile::MetaRule::kind) !=
         meta.rules.end();
}

// Whether an annotation chose a mode, for whatever container of a pod.
bool chose_mode(const compile::Meta& meta) {
  const std::string key = std::string(policy::kAnnotationPrefix) + "mode";
  return std::ranges::any_of(meta.origin.annotations, [&key](const auto& item) {
    return item.first == key || item.first.starts_with(key + "/");
  });
}

}  // namespace

bool is_shut(const compile::Meta& meta, const SeenProcSys& proc_sys) {
  return (audits(meta) || has_allow_rule(meta)) && writable_word(proc_sys) == "none";
}

bool asks_to_open(const compile::Meta& meta) {
  return has_allow_rule(meta) || (audits(meta) && chose_mode(meta)) ||
         !oci::closed_text(meta.origin.annotations).empty();
}

std::string why_shut(const compile::Meta& meta) {
  if (!asks_to_open(meta)) {
    return "nothing asked to open it";
  }
  const std::string why = oci::closed_text(meta.origin.annotations);
  if (why.empty() && meta.origin.proc_sys == compile::ProcSys::kOpened) {
    return "sysctl-guard opened it, but the container mounts its /proc read-only";
  }
  return why.empty() ? oci::kNobodyOpened : why;
}

std::string unlearnable_text(const compile::Meta& meta, const SeenProcSys& proc_sys) {
  const std::string word = writable_word(proc_sys);
  if (word.empty() || word == "all") {
    return "";
  }
  const bool audit_would_open = word == "none" ? !asks_to_open(meta) : !audits(meta);
  return "/proc/sys is " + proc_sys_text(meta, proc_sys) +
         ". A write to what is read-only is EROFS and leaves no event" +
         (audit_would_open
              ? ". To learn all that the container writes, start it with " + std::string(kHowToOpen)
              : "");
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

}  // namespace sg::guard
