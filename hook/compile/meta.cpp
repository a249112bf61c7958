// SPDX-License-Identifier: Apache-2.0
// meta.cpp - the policy and what it was made of in text, behind a header that says whose it is.
#include "compile/meta.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <type_traits>

#include "base/text.h"
#include "event_abi.h"
#include "meta_abi.h"

namespace sg::compile {
namespace {

using policy::RuleKind;

// In the order of RuleKind.
constexpr std::array<std::string_view, 8> kKindNames = {
    "pair", "deny", "allow", "unmatched", "beyond-limit", "readable", "deny-read", "allow-read"};
static_assert(static_cast<std::size_t>(RuleKind::kAllowRead) + 1 == kKindNames.size());

// In the order of ProcSys.
constexpr std::array<std::string_view, 4> kProcSysNames = {"unknown", "opened", "was-open",
                                                           "looks-open"};
static_assert(static_cast<std::size_t>(ProcSys::kLooksOpen) + 1 == kProcSysNames.size());

// In the order of sysctl::PidSysctls.
constexpr std::array<std::string_view, 3> kPidSysctls = {"none", "memfd", "all"};

static_assert(static_cast<__u32>(policy::Audit::kOff) == SG_AUDIT_OFF &&
              static_cast<__u32>(policy::Audit::kWithinLimit) == SG_AUDIT_WITHIN &&
              static_cast<__u32>(policy::Audit::kFull) == SG_AUDIT_FULL);
static_assert(static_cast<__u32>(policy::Events::kOff) == SG_EVENTS_OFF &&
              static_cast<__u32>(policy::Events::kDenied) == SG_EVENTS_DENIED &&
              static_cast<__u32>(policy::Events::kWrites) == SG_EVENTS_WRITES);

static_assert(static_cast<__u32>(policy::Refusal::kEperm) == SG_REFUSE_EPERM &&
              static_cast<__u32>(policy::Refusal::kErofs) == SG_REFUSE_EROFS &&
              static_cast<__u32>(policy::Refusal::kEacces) == SG_REFUSE_EACCES);

void add_line(std::string& text, std::initializer_list<std::string_view> fields) {
  std::string_view between;
  for (const std::string_view field : fields) {
    text += between;
    text += escape(field, SIZE_MAX);
    between = "\t";
  }
  text += '\n';
}

std::string namespace_list(const sysctl::NamespaceSet& set) {
  std::string list;
  for (const sysctl::Namespace ns : sysctl::kNamespaces) {
    if (set.has(ns)) {
      list += (list.empty() ? "" : ",") + std::string(sysctl::namespace_name(ns));
    }
  }
  return list;
}

std::string text_of(const Meta& meta) {
  std::string text;
  for (const std::string& cut : meta.cut) {
    add_line(text, {"cut", cut});
  }
  for (const std::string& warning : meta.warnings) {
    add_line(text, {"warning", warning});
  }
  for (const MetaRule& rule : meta.rules) {
    add_line(text, {kind_name(rule.kind), rule.text, rule.source});
  }
  for (const auto& [key, value] : meta.origin.annotations) {
    add_line(text, {"annotation", key, value});
  }
  for (const auto& [name, value] : meta.origin.sysctl) {
    add_line(text, {"sysctl", name, value});
  }
  add_line(text, {"private", namespace_list(meta.origin.private_namespaces)});
  if (meta.origin.private_namespaces.in_pid != sysctl::PidSysctls::kNone) {
    const auto in_pid = static_cast<std::size_t>(meta.origin.private_namespaces.in_pid);
    add_line(text, {"pid-sysctls", kPidSysctls[in_pid]});
  }
  if (!meta.origin.profile.empty()) {
    add_line(text, {"profile", meta.origin.profile});
  }
  if (!meta.origin.node_policy.empty()) {
    add_line(text, {"node-policy", meta.origin.node_policy});
  }
  add_line(text, {"proc-sys", proc_sys_name(meta.origin.proc_sys)});
  for (const std::string& key : meta.origin.known.keys) {
    add_line(text, {"known", key});
  }
  if (!meta.assigned.empty()) {
    add_line(text, {"assigned", meta.assigned});
  }
  return text;
}

// One line of the text into what it says. False for a line that is not one of ours.
bool read_line(std::string_view line, Meta& meta) {
  std::vector<std::string> fields;
  for (const std::string_view field : split(line, '\t')) {
    std::optional<std::string> text = unescape(field);
    if (!text) {
      return false;
    }
    fields.push_back(*std::move(text));
  }
  const std::string& word = fields.front();
  if (fields.size() == 3) {
    const auto* const kind = std::ranges::find(kKindNames, word);
    if (kind != kKindNames.end()) {
      meta.rules.push_back(
          {static_cast<RuleKind>(kind - kKindNames.begin()), fields[1], fields[2]});
      return true;
    }
    std::map<std::string, std::string>* const map = word == "annotation" ? &meta.origin.annotations
                                                    : word == "sysctl"   ? &meta.origin.sysctl
                                                                         : nullptr;
    return map != nullptr && map->emplace(fields[1], fields[2]).second;
  }
  if (fields.size() != 2) {
    return false;
  }
  if (word == "name") {
    meta.name_before = fields[1];
  } else if (word == "private") {
    std::string_view unknown;
    const std::optional<sysctl::NamespaceSet> set = sysctl::parse_namespaces(fields[1], unknown);
    const sysctl::PidSysctls in_pid = meta.origin.private_namespaces.in_pid;
    meta.origin.private_namespaces = set.value_or(sysctl::NamespaceSet{});
    meta.origin.private_namespaces.in_pid = in_pid;
    return set.has_value();
  } else if (word == "pid-sysctls") {
    const auto found =
        static_cast<std::size_t>(std::ranges::find(kPidSysctls, fields[1]) - kPidSysctls.begin());
    meta.origin.private_namespaces.in_pid =
        static_cast<sysctl::PidSysctls>(found % kPidSysctls.size());
    return found != kPidSysctls.size();
  } else if (word == "profile") {
    meta.origin.profile = fields[1];
  } else if (word == "node-policy") {
    meta.origin.node_policy = fields[1];
  } else if (word == "proc-sys") {
    const auto found = std::ranges::find(kProcSysNames, fields[1]) - kProcSysNames.begin();
    const bool is_known = found < static_cast<std::ptrdiff_t>(ProcSys::kLooksOpen);  // never in it
    meta.origin.proc_sys = is_known ? static_cast<ProcSys>(found) : ProcSys::kUnknown;
    return is_known;
  } else if (word == "known") {
    return meta.origin.known.keys.insert(fields[1]).second;
  } else if (word == "assigned") {
    meta.assigned = fields[1];
  } else if (word == "cut") {
    meta.cut.push_back(fields[1]);
  } else if (word == "warning") {
    meta.warnings.push_back(fields[1]);
  } else {
    return false;
  }
  return true;
}

// The members of both layouts, and whether they are such as we write.
template <typename Head>
std::optional<Meta> read_head(const Head& head) {
  if (head.audit > SG_AUDIT_FULL || head.events > SG_EVENTS_WRITES) {
    return std::nullopt;
  }
  Meta meta;
  meta.audit = static_cast<policy::Audit>(head.audit);
  meta.events = static_cast<policy::Events>(head.events);
  const char* const tool = reinterpret_cast<const char*>(head.tool);
  meta.tool.assign(tool, ::strnlen(tool, sizeof head.tool));
  return meta;
}

// What stands in front of the text, and the text.
struct Parts {
  Meta meta;
  std::uint32_t rule_count = 0;
  std::string_view text;
};

// `skipped`: the length of what stands between head and text, by the member that says it.
template <typename Head>
std::optional<Parts> split_bytes(std::span<const std::uint8_t> bytes, __u32 Head::*skipped) {
  Head head;
  if (bytes.size() < sizeof head) {
    return std::nullopt;
  }
  std::memcpy(&head, bytes.data(), sizeof head);
  std::string_view text(reinterpret_cast<const char*>(bytes.data()) + sizeof head,
                        bytes.size() - sizeof head);
  std::optional<Meta> meta = read_head(head);
  if (!meta || head.*skipped > text.size() || head.text_len != text.size() - head.*skipped) {
    return std::nullopt;
  }
  text.remove_prefix(head.*skipped);
  if constexpr (std::is_same_v<Head, sg_meta>) {
    if (head.refuse > SG_REFUSE_EACCES) {
      return std::nullopt;
    }
    meta->asks_to_write = head.asks_to_write != 0;
    meta->refuse = static_cast<policy::Refusal>(head.refuse);
  }
  return Parts{*std::move(meta), head.rule_count, text};
}

std::optional<Parts> parts_of(std::span<const std::uint8_t> bytes) {
  __u64 magic = 0;
  __u32 layout = 0;
  if (bytes.size() < sizeof magic + sizeof layout) {
    return std::nullopt;
  }
  std::memcpy(&magic, bytes.data(), sizeof magic);
  std::memcpy(&layout, bytes.data() + sizeof magic, sizeof layout);
  if (magic != SG_META_MAGIC) {
    return std::nullopt;
  }
  return layout == SG_META_VERSION          ? split_bytes(bytes, &sg_meta::input_len)
         : layout == SG_META_VERSION_BEFORE ? split_bytes(bytes, &sg_meta_before::id_len)
                                            : std::nullopt;
}

}  // namespace

std::string_view proc_sys_name(ProcSys proc_sys) noexcept {
  return kProcSysNames[static_cast<std::size_t>(proc_sys)];
}

std::string_view kind_name(RuleKind kind) noexcept {
  return kKindNames[static_cast<std::size_t>(kind)];
}

Meta make_meta(const policy::Policy& policy) {
  Meta meta;
  meta.audit = policy.audit;
  meta.events = policy.events;
  meta.refuse = policy.refuse;
  for (const policy::Rule& rule : policy.rules) {
    meta.rules.push_back(
        {rule.kind, rule.text.empty() ? rule.pattern : rule.text,
         rule.source.empty() ? std::string(policy::kBuiltIn) : policy::rule_origin(rule)});
  }
  return meta;
}

std::vector<std::uint8_t> encode_meta(const Meta& meta) {
  const std::string text = text_of(meta);
  sg_meta head{};
  head.magic = SG_META_MAGIC;
  head.layout = SG_META_VERSION;
  head.text_len = static_cast<__u32>(text.size());
  head.rule_count = static_cast<__u32>(meta.rules.size());
  head.asks_to_write = meta.asks_to_write ? 1 : 0;
  head.audit = static_cast<__u32>(meta.audit);
  head.events = static_cast<__u32>(meta.events);
  head.refuse = static_cast<__u32>(meta.refuse);
  std::memcpy(head.tool, meta.tool.data(), std::min(meta.tool.size(), sizeof head.tool - 1));
  std::vector<std::uint8_t> bytes(sizeof head + text.size());
  std::memcpy(bytes.data(), &head, sizeof head);
  std::ranges::copy(text, bytes.begin() + sizeof head);
  return bytes;
}

std::optional<Meta> decode_meta(std::span<const std::uint8_t> bytes) {
  std::optional<Parts> parts = parts_of(bytes);
  if (!parts) {
    return std::nullopt;
  }
  Meta& meta = parts->meta;
  meta.origin.known.is_all = false;
  std::string_view text = parts->text;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == text.npos || !read_line(text.substr(0, end), meta)) {
      return std::nullopt;
    }
    text.remove_prefix(end + 1);
  }
  return meta.rules.size() == parts->rule_count ? std::optional(std::move(meta)) : std::nullopt;
}

std::optional<Meta> decode_notes(std::span<const std::uint8_t> bytes) {
  std::optional<Parts> parts = parts_of(bytes);
  if (!parts) {
    return std::nullopt;
  }
  std::string_view text = parts->text;
  while (text.starts_with("cut\t") || text.starts_with("warning\t")) {
    const std::size_t end = text.find('\n');
    if (end == text.npos || !read_line(text.substr(0, end), parts->meta)) {
      return std::nullopt;
    }
    text.remove_prefix(end + 1);
  }
  return std::move(parts->meta);
}

}  // namespace sg::compile
