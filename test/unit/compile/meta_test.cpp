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
  REQUIRE(bytes.size() == sizeof head + head.id_len + head.text_len);
  return {reinterpret_cast<const char*>(bytes.data()) + sizeof head + head.id_len, head.text_len};
}

Meta full_meta() {
  Meta meta;
  meta.container_id = "id-1";
  meta.container_name = "web";
  meta.attached_at_ns = 12345;
  meta.tool = "0.1.0";
  meta.audit = policy::Audit::kWithinLimit;
  meta.events = policy::Events::kWrites;
  meta.rules = {{RuleKind::kPair, "a.b=1", "linux.sysctl"}, {RuleKind::kAllow, "d.*", "s"}};
  meta.origin = {.annotations = {{"io.sysctl-guard.allow", "d.*\n"}},
                 .sysctl = {{"a.b", "1"}},
                 .private_namespaces = {.net = true, .uts = true},
                 .profile = "vpn",
                 .node_policy = "/etc/x",
                 .proc_sys = compile::ProcSys::kOpened};
  meta.cut = {"one", "two"};
  return meta;
}

}  // namespace

TEST_CASE("Meta: the head, then the container's ID, then a line for each rule") {
  const Policy policy{{rule(RuleKind::kPair, "a/b", "a.b=1", "linux.sysctl"),
                       rule(RuleKind::kDeny, "c", "c", "annotation io.sysctl-guard.deny"),
                       rule(RuleKind::kAllow, "d/*", "d.*", "annotation io.sysctl-guard.allow"),
                       rule(RuleKind::kReadable, "kernel/cap_last_cap", "", ""),
                       rule(RuleKind::kDenyRead, "e", "e", "s"),
                       rule(RuleKind::kAllowRead, "*", "", "")}};
  Meta meta = compile::make_meta(policy, "id-1");
  meta.attached_at_ns = 12345;
  meta.tool = "0.1.0";
  const std::vector<std::uint8_t> bytes = compile::encode_meta(meta);
  const sg_meta head = head_of(bytes);
  CHECK(head.magic == SG_META_MAGIC);
  CHECK(std::memcmp(&head.magic, "sgguard", 8) == 0);
  CHECK(head.layout == SG_META_VERSION);
  CHECK(head.rule_count == 6);
  CHECK(head.attached_at_ns == 12345);
  CHECK(head.events == SG_EVENTS_DENIED);
  CHECK(std::string(reinterpret_cast<const char*>(head.tool)) == "0.1.0");
  CHECK(std::string(reinterpret_cast<const char*>(bytes.data()) + sizeof head, head.id_len) ==
        "id-1");
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

TEST_CASE("Meta: what the policy was made of stands behind the rules") {
  CHECK(text_of(compile::encode_meta(full_meta())) ==
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
        "cut\ttwo\n");
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
  const Meta meta = compile::make_meta(Policy{.rules = {of_node}}, "");
  REQUIRE(meta.rules.size() == 1);
  CHECK(meta.rules[0].source == "node default");
}

TEST_CASE("Meta: what is decoded is what was encoded") {
  CHECK(compile::decode_meta(compile::encode_meta(full_meta())) == full_meta());
  CHECK(compile::decode_meta(compile::encode_meta(Meta{})) == Meta{});
  std::mt19937 random(1);  // NOLINT: the same bytes each time
  for (int round = 0; round < 200; ++round) {
    Meta meta = full_meta();
    for (std::string* text : {&meta.container_name, &meta.rules[0].text, &meta.rules[0].source,
                              &meta.origin.profile, &meta.cut[0]}) {
      text->assign(1 + random() % 40, 'x');
      std::ranges::generate(*text, [&] { return static_cast<char>(random()); });
    }
    meta.origin.annotations.emplace(meta.container_name, meta.cut[0]);
    CHECK(compile::decode_meta(compile::encode_meta(meta)) == meta);
  }
}

TEST_CASE("Meta: bytes that were not made here are nothing") {
  const std::vector<std::uint8_t> good = compile::encode_meta(full_meta());
  for (std::size_t size = 0; size < good.size(); ++size) {
    INFO("cut to " << size);
    CHECK_FALSE(compile::decode_meta(std::span(good).first(size)));
  }
  std::vector<std::uint8_t> longer = good;
  longer.push_back('\n');
  CHECK_FALSE(compile::decode_meta(longer));
  for (const std::size_t place :
       {offsetof(sg_meta, magic), offsetof(sg_meta, layout), offsetof(sg_meta, rule_count)}) {
    std::vector<std::uint8_t> other = good;
    other[place] ^= 1;
    CHECK_FALSE(compile::decode_meta(other));
  }
  std::vector<std::uint8_t> unknown_word = good;
  unknown_word[sizeof(sg_meta) + 4] = 'X';
  CHECK_FALSE(compile::decode_meta(unknown_word));
  const std::string_view text(reinterpret_cast<const char*>(good.data()), good.size());
  std::vector<std::uint8_t> unknown_namespace = good;
  unknown_namespace[text.find("net,uts")] = 'N';
  CHECK_FALSE(compile::decode_meta(unknown_namespace));
  std::vector<std::uint8_t> unknown_state = good;
  unknown_state[text.find("opened")] = 'O';
  CHECK_FALSE(compile::decode_meta(unknown_state));
}

TEST_CASE("Meta: the same input gives the same bytes") {
  CHECK(compile::encode_meta(full_meta()) == compile::encode_meta(full_meta()));
}
