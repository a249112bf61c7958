// SPDX-License-Identifier: Apache-2.0
// meta_test.cpp - what a guard says about itself, field by field, and back.
#include "compile/meta.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "event_abi.h"
#include "meta_abi.h"
#include "support/catch.h"

using namespace sg;
using compile::Meta;
using policy::Policy;
using policy::Rule;
using policy::RuleKind;

namespace {

Rule rule(RuleKind kind, std::string pattern, std::string text, std::string source) {
  Rule made;
  made.kind = kind;
  made.pattern = std::move(pattern);
  made.text = std::move(text);
  made.source = std::move(source);
  return made;
}

sg_meta head_of(const std::vector<std::uint8_t>& bytes) {
  sg_meta head;
  REQUIRE(bytes.size() >= sizeof head);
  std::memcpy(&head, bytes.data(), sizeof head);
  return head;
}

std::string text_of(const std::vector<std::uint8_t>& bytes) {
  const sg_meta head = head_of(bytes);
  CHECK(head.input_len == 0);
  REQUIRE(bytes.size() == sizeof head + head.text_len);
  return {reinterpret_cast<const char*>(bytes.data()) + sizeof head, head.text_len};
}

Meta full_meta() {
  Meta meta;
  meta.tool = "0.1.0";
  meta.audit = policy::Audit::kWithinLimit;
  meta.events = policy::Events::kWrites;
  meta.rules = {{RuleKind::kPair, "a.b=1", "linux.sysctl"}, {RuleKind::kAllow, "d.*", "s"}};
  meta.origin = {.annotations = {{"io.sysctl-guard.allow", "d.*\n"}},
                 .sysctl = {{"a.b", "1"}},
                 .private_namespaces = {.net = true,
                                        .uts = true,
                                        .pid = true,
                                        .in_pid = sysctl::PidSysctls::kAll},
                 .profile = "vpn",
                 .node_policy = "/etc/x",
                 .proc_sys = compile::ProcSys::kOpened,
                 .known = {.is_all = false, .keys = {"a/b", "c\n"}}};
  meta.assigned = "router";
  meta.asks_to_write = true;
  meta.cut = {"one", "two"};
  meta.warnings = {"three"};
  return meta;
}

// With `input` where a program that containers share has what its policy was made of.
std::vector<std::uint8_t> with_input(std::vector<std::uint8_t> bytes, std::string_view input) {
  const auto length = static_cast<__u32>(input.size());
  std::memcpy(bytes.data() + offsetof(sg_meta, input_len), &length, sizeof length);
  bytes.insert(bytes.begin() + sizeof(sg_meta), input.begin(), input.end());
  return bytes;
}

// What a guard of the layout before has, for the container "id-1".
std::vector<std::uint8_t> bytes_before(const std::string& text, __u32 rule_count) {
  sg_meta_before head{};
  head.magic = SG_META_MAGIC;
  head.layout = SG_META_VERSION_BEFORE;
  head.id_len = 4;
  head.text_len = static_cast<__u32>(text.size());
  head.rule_count = rule_count;
  head.attached_at_ns = 12345;
  head.audit = SG_AUDIT_WITHIN;
  head.events = SG_EVENTS_WRITES;
  std::memcpy(head.tool, "0.1.0", 5);
  std::vector<std::uint8_t> bytes(sizeof head);
  std::memcpy(bytes.data(), &head, sizeof head);
  const std::string rest = "id-1" + text;
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

// What full_meta() says, as the layout before had it.
const std::string kTextBefore =
    "pair\ta.b=1\tlinux.sysctl\n"
    "allow\td.*\ts\n"
    "name\tweb\n"
    "annotation\tio.sysctl-guard.allow\td.*\\n\n"
    "sysctl\ta.b\t1\n"
    "private\tnet,uts\n"
    "profile\tvpn\n"
    "node-policy\t/etc/x\n"
    "proc-sys\topened\n"
    "cut\tone\n"
    "cut\ttwo\n";

}  // namespace

TEST_CASE("Meta: the head, then a line for each rule") {
  const Policy policy{{rule(RuleKind::kPair, "a/b", "a.b=1", "linux.sysctl"),
                       rule(RuleKind::kDeny, "c", "c", "annotation io.sysctl-guard.deny"),
                       rule(RuleKind::kAllow, "d/*", "d.*", "annotation io.sysctl-guard.allow"),
                       rule(RuleKind::kReadable, "kernel/cap_last_cap", "", ""),
                       rule(RuleKind::kDenyRead, "e", "e", "s"),
                       rule(RuleKind::kAllowRead, "*", "", "")}};
  Meta meta = compile::make_meta(policy);
  meta.tool = "0.1.0";
  const std::vector<std::uint8_t> bytes = compile::encode_meta(meta);
  const sg_meta head = head_of(bytes);
  CHECK(head.magic == SG_META_MAGIC);
  CHECK(std::memcmp(&head.magic, "sgguard", 8) == 0);
  CHECK(head.layout == SG_META_VERSION);
  CHECK(head.rule_count == 6);
  CHECK(head.asks_to_write == 0);
  CHECK(head.processors == 0);  // known where it is loaded
  CHECK(head.events == SG_EVENTS_DENIED);
  CHECK(std::string(reinterpret_cast<const char*>(head.tool)) == "0.1.0");
  CHECK(text_of(bytes) ==
        "pair\ta.b=1\tlinux.sysctl\n"
        "deny\tc\tannotation io.sysctl-guard.deny\n"
        "allow\td.*\tannotation io.sysctl-guard.allow\n"
        "readable\tkernel/cap_last_cap\tbuilt in\n"
        "deny-read\te\ts\n"
        "allow-read\t*\tbuilt in\n"
        "private\t\nproc-sys\tunknown\n");
}

// Guards of an earlier run are read by these words.
TEST_CASE("Meta: each kind of rule and each state of /proc/sys has its word") {
  using compile::ProcSys;
  CHECK(compile::kind_name(RuleKind::kPair) == "pair");
  CHECK(compile::kind_name(RuleKind::kDeny) == "deny");
  CHECK(compile::kind_name(RuleKind::kAllow) == "allow");
  CHECK(compile::kind_name(RuleKind::kUnmatched) == "unmatched");
  CHECK(compile::kind_name(RuleKind::kBeyondLimit) == "beyond-limit");
  CHECK(compile::kind_name(RuleKind::kReadable) == "readable");
  CHECK(compile::kind_name(RuleKind::kDenyRead) == "deny-read");
  CHECK(compile::kind_name(RuleKind::kAllowRead) == "allow-read");
  CHECK(compile::proc_sys_name(ProcSys::kUnknown) == "unknown");
  CHECK(compile::proc_sys_name(ProcSys::kOpened) == "opened");
  CHECK(compile::proc_sys_name(ProcSys::kWasOpen) == "was-open");
  CHECK(compile::proc_sys_name(ProcSys::kLooksOpen) == "looks-open");
}

TEST_CASE("Meta: notes stand before the rules, what the policy was made of behind them") {
  CHECK(head_of(compile::encode_meta(full_meta())).asks_to_write == 1);
  CHECK(text_of(compile::encode_meta(full_meta())) ==
        "cut\tone\n"
        "cut\ttwo\n"
        "warning\tthree\n"
        "pair\ta.b=1\tlinux.sysctl\n"
        "allow\td.*\ts\n"
        "annotation\tio.sysctl-guard.allow\td.*\\n\n"
        "sysctl\ta.b\t1\n"
        "private\tnet,uts,pid\n"
        "pid-sysctls\tall\n"
        "profile\tvpn\n"
        "node-policy\t/etc/x\n"
        "proc-sys\topened\n"
        "known\ta/b\n"
        "known\tc\\n\n"
        "assigned\trouter\n");
}

TEST_CASE("Meta: no text can break a line or a field") {
  Meta meta;
  meta.rules = {{RuleKind::kPair, "a\tb\nc\x1b[31m\xff\\", "s\tt\n"}};
  CHECK(text_of(compile::encode_meta(meta)) ==
        "pair\ta\\tb\\nc\\x1b[31m\\xff\\\\\ts\\tt\\n\nprivate\t\nproc-sys\tunknown\n");
}

TEST_CASE("Meta: a version of up to 23 bytes fits, a longer one is cut before its zero byte") {
  for (const std::size_t length : {22u, 23u, 24u, 100u}) {
    INFO("a version of " << length << " bytes");
    Meta meta;
    meta.tool = std::string(length, 'v');
    const sg_meta head = head_of(compile::encode_meta(meta));
    CHECK(head.tool[23] == 0);
    CHECK(std::strlen(reinterpret_cast<const char*>(head.tool)) ==
          std::min<std::size_t>(length, 23));
  }
}

TEST_CASE("Meta: a node's rules say where they stand") {
  Rule of_node = rule(RuleKind::kDeny, "c", "c", "node policy /etc/x");
  of_node.pointer = "/default/deny/0";
  const Meta meta = compile::make_meta(Policy{.rules = {of_node}});
  REQUIRE(meta.rules.size() == 1);
  CHECK(meta.rules[0].source == "node default");
}

TEST_CASE("Meta: what is decoded is what was encoded") {
  CHECK(compile::decode_meta(compile::encode_meta(full_meta())) == full_meta());
  // Annotations of the engine are known as far as they are kept.
  Meta nothing;
  nothing.origin.known.is_all = false;
  CHECK(compile::decode_meta(compile::encode_meta(Meta{})) == nothing);
  std::mt19937 random(1);  // NOLINT: the same bytes each time
  for (int round = 0; round < 200; ++round) {
    Meta meta = full_meta();
    for (std::string* text : {&meta.warnings[0], &meta.rules[0].text, &meta.rules[0].source,
                              &meta.origin.profile, &meta.cut[0]}) {
      text->assign(1 + random() % 40, 'x');
      std::ranges::generate(*text, [&] { return static_cast<char>(random()); });
    }
    meta.origin.annotations.emplace(meta.warnings[0], meta.cut[0]);
    const std::vector<std::uint8_t> bytes = compile::encode_meta(meta);
    CHECK(compile::decode_meta(bytes) == meta);
    CHECK(compile::decode_meta(with_input(bytes, meta.cut[0])) == meta);
  }
}

TEST_CASE("Meta: bytes that were not made here are nothing") {
  const std::vector<std::uint8_t> good = compile::encode_meta(full_meta());
  for (std::size_t size = 0; size < good.size(); ++size) {
    INFO("cut to " << size);
    CHECK_FALSE(compile::decode_meta(std::span(good).first(size)));
    CHECK_FALSE(compile::decode_notes(std::span(good).first(size)));
  }
  std::vector<std::uint8_t> longer = good;
  longer.push_back('\n');
  CHECK_FALSE(compile::decode_meta(longer));
  CHECK_FALSE(compile::decode_notes(longer));
  for (const std::size_t place :
       {offsetof(sg_meta, magic), offsetof(sg_meta, layout), offsetof(sg_meta, rule_count)}) {
    std::vector<std::uint8_t> other = good;
    other[place] ^= 2;  // by 1 it would be the layout before
    CHECK_FALSE(compile::decode_meta(other));
  }
  const std::string_view text(reinterpret_cast<const char*>(good.data()), good.size());
  for (const char* const word :
       {"cut", "warning", "pair", "annotation", "private", "pid-sysctls", "known", "assigned"}) {
    INFO(word);
    std::vector<std::uint8_t> unknown_word = good;
    unknown_word[text.find(word)] = 'X';
    CHECK_FALSE(compile::decode_meta(unknown_word));
  }
  std::vector<std::uint8_t> unknown_namespace = good;
  unknown_namespace[text.find("net,uts")] = 'N';
  CHECK_FALSE(compile::decode_meta(unknown_namespace));
  std::vector<std::uint8_t> unknown_state = good;
  unknown_state[text.find("opened")] = 'O';
  CHECK_FALSE(compile::decode_meta(unknown_state));
}

TEST_CASE("Meta: lengths, audit and events that cannot be are nothing, in both layouts") {
  struct Case {
    const char* why;
    std::vector<std::uint8_t> bytes;
    std::size_t place;  // of a member of the head
    __u32 value;
  };
  const std::vector<std::uint8_t> now = with_input(compile::encode_meta(full_meta()), "input");
  const auto now_text = static_cast<__u32>(now.size() - sizeof(sg_meta) - 5);
  const std::vector<std::uint8_t> before = bytes_before(kTextBefore, 2);
  const auto before_text = static_cast<__u32>(kTextBefore.size());
  const Case cases[] = {
      {"no input", now, offsetof(sg_meta, input_len), 0},
      {"an input that is longer", now, offsetof(sg_meta, input_len), 6},
      {"one beyond the end", now, offsetof(sg_meta, input_len), now_text + 6},
      {"one that wraps round", now, offsetof(sg_meta, input_len), UINT32_MAX},
      {"less text", now, offsetof(sg_meta, text_len), now_text - 1},
      {"more text", now, offsetof(sg_meta, text_len), now_text + 1},
      {"an unknown audit", now, offsetof(sg_meta, audit), SG_AUDIT_FULL + 1},
      {"unknown events", now, offsetof(sg_meta, events), SG_EVENTS_WRITES + 1},
      {"no ID before", before, offsetof(sg_meta_before, id_len), 0},
      {"an ID beyond the end before", before, offsetof(sg_meta_before, id_len), before_text + 5},
      {"an ID that wraps round before", before, offsetof(sg_meta_before, id_len), UINT32_MAX},
      {"less text before", before, offsetof(sg_meta_before, text_len), before_text - 1},
      {"more text before", before, offsetof(sg_meta_before, text_len), before_text + 1},
      {"an unknown audit before", before, offsetof(sg_meta_before, audit), SG_AUDIT_FULL + 1},
      {"unknown events before", before, offsetof(sg_meta_before, events), SG_EVENTS_WRITES + 1},
      {"an older layout", before, offsetof(sg_meta_before, layout), SG_META_VERSION_BEFORE - 1},
      {"a newer layout", now, offsetof(sg_meta, layout), SG_META_VERSION + 1},
  };
  CHECK(compile::decode_meta(now));
  CHECK(compile::decode_meta(before));
  for (const Case& c : cases) {
    INFO(c.why);
    std::vector<std::uint8_t> bytes = c.bytes;
    std::memcpy(bytes.data() + c.place, &c.value, sizeof c.value);
    CHECK_FALSE(compile::decode_meta(bytes));
    CHECK_FALSE(compile::decode_notes(bytes));
  }
}

TEST_CASE("Meta: the layout before is read, with the name of its container") {
  Meta expected = full_meta();
  expected.asks_to_write = false;
  expected.warnings.clear();
  expected.name_before = "web";
  expected.origin.known.keys.clear();
  expected.origin.private_namespaces = {.net = true, .uts = true};
  expected.assigned.clear();
  const std::vector<std::uint8_t> bytes = bytes_before(kTextBefore, 2);
  CHECK(compile::decode_meta(bytes) == expected);
  CHECK_FALSE(compile::decode_meta(bytes_before(kTextBefore, 3)));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    INFO("cut to " << size);
    CHECK_FALSE(compile::decode_meta(std::span(bytes).first(size)));
  }
}

TEST_CASE("Meta: notes are read alone, without what stands behind them") {
  const Meta full = full_meta();
  Meta notes = full;
  notes.rules.clear();
  notes.origin = {};
  notes.assigned.clear();
  const std::vector<std::uint8_t> good = compile::encode_meta(full);
  CHECK(compile::decode_notes(good) == notes);
  for (const char* const input : {"input", "cut\tmine\n", "\n"}) {
    CHECK(compile::decode_notes(with_input(good, input)) == notes);
    CHECK(compile::decode_meta(with_input(good, input)) == full);
  }
  // Of what is not read nothing is judged; a note that is none of ours is.
  std::vector<std::uint8_t> other = good;
  other.back() = 'x';
  const std::string_view text(reinterpret_cast<const char*>(good.data()), good.size());
  other[text.find("pair\t")] = 'P';
  CHECK(compile::decode_notes(other) == notes);
  other[text.find("three\n") + 5] = '\t';
  CHECK_FALSE(compile::decode_notes(other));
  CHECK(compile::decode_notes(compile::encode_meta(Meta{})) == Meta{});
}

TEST_CASE("Meta: the same input gives the same bytes") {
  CHECK(compile::encode_meta(full_meta()) == compile::encode_meta(full_meta()));
}
