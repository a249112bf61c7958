// SPDX-License-Identifier: Apache-2.0
// encode_meta_test.cpp - what a guard says about itself, field by field.
#include "compile/encode_meta.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "meta_abi.h"
#include "support/catch.h"

using namespace sg;
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

std::string text_of(const std::vector<std::uint8_t>& bytes, std::size_t begin, std::size_t length) {
  REQUIRE(begin + length <= bytes.size());
  return {reinterpret_cast<const char*>(bytes.data()) + begin, length};
}

}  // namespace

TEST_CASE("Encode meta: the head, then the container's ID, then a line for each rule") {
  const Policy policy{{rule(RuleKind::kPair, "a/b", "a.b=1", "linux.sysctl"),
                       rule(RuleKind::kDeny, "c", "c", "annotation io.sysctl-guard.deny"),
                       rule(RuleKind::kAllow, "d/*", "d.*", "annotation io.sysctl-guard.allow"),
                       rule(RuleKind::kReadable, "kernel/cap_last_cap", "", ""),
                       rule(RuleKind::kDenyRead, "e", "e", "s"),
                       rule(RuleKind::kAllowRead, "*", "", "")}};
  const std::vector<std::uint8_t> bytes = compile::encode_meta(policy, "id-1", 12345, "0.1.0");
  const sg_meta head = head_of(bytes);
  CHECK(head.magic == SG_META_MAGIC);
  CHECK(std::memcmp(&head.magic, "sgguard", 8) == 0);
  CHECK(head.layout == SG_META_VERSION);
  CHECK(head.id_len == 4);
  CHECK(head.rule_count == 6);
  CHECK(head.attached_at_ns == 12345);
  CHECK(std::string(reinterpret_cast<const char*>(head.tool)) == "0.1.0");
  CHECK(bytes.size() == sizeof head + head.id_len + head.policy_len);
  CHECK(text_of(bytes, sizeof head, 4) == "id-1");
  CHECK(text_of(bytes, sizeof head + 4, head.policy_len) ==
        "pair\ta.b=1\tlinux.sysctl\n"
        "deny\tc\tannotation io.sysctl-guard.deny\n"
        "allow\td.*\tannotation io.sysctl-guard.allow\n"
        "readable\tkernel/cap_last_cap\tbuilt in\n"
        "deny-read\te\ts\n"
        "allow-read\t*\tbuilt in\n");
}

TEST_CASE("Encode meta: no text can break a line or a field") {
  const Policy policy{{rule(RuleKind::kPair, "a", "a\tb\nc\x1b[31m\xff\\", "s\tt\n")}};
  const std::vector<std::uint8_t> bytes = compile::encode_meta(policy, "id", 0, "");
  const sg_meta head = head_of(bytes);
  CHECK(text_of(bytes, sizeof head + 2, head.policy_len) ==
        "pair\ta\\tb\\nc\\x1b[31m\\xff\\\\\ts\\tt\\n\n");
}

TEST_CASE("Encode meta: a long rule is not cut") {
  const std::string text(5000, 'x');
  const Policy policy{{rule(RuleKind::kAllow, "x", text, text)}};
  const sg_meta head = head_of(compile::encode_meta(policy, "id", 0, ""));
  CHECK(head.policy_len == std::strlen("allow\t\t\n") + 2 * text.size());
}

TEST_CASE("Encode meta: an empty policy and an empty ID are a head alone") {
  const std::vector<std::uint8_t> bytes = compile::encode_meta(Policy{}, "", 0, "");
  CHECK(bytes.size() == sizeof(sg_meta));
  CHECK(head_of(bytes).policy_len == 0);
}

TEST_CASE(
    "Encode meta: a version of up to 23 bytes fits, a longer one is cut before its zero byte") {
  for (const std::size_t length : {22u, 23u, 24u, 100u}) {
    INFO("a version of " << length << " bytes");
    const sg_meta head = head_of(compile::encode_meta(Policy{}, "", 0, std::string(length, 'v')));
    CHECK(head.tool[23] == 0);
    CHECK(std::strlen(reinterpret_cast<const char*>(head.tool)) ==
          std::min<std::size_t>(length, 23));
  }
}

TEST_CASE("Encode meta: what becomes of denied accesses") {
  Policy policy;
  const std::pair<policy::Audit, __u32> cases[] = {{policy::Audit::kOff, SG_AUDIT_OFF},
                                                   {policy::Audit::kWithinLimit, SG_AUDIT_WITHIN},
                                                   {policy::Audit::kFull, SG_AUDIT_FULL}};
  for (const auto& [audit, number] : cases) {
    policy.audit = audit;
    CHECK(head_of(compile::encode_meta(policy, "id", 0, "")).audit == number);
  }
}

TEST_CASE("Encode meta: a node's rules say where they stand") {
  Rule of_node = rule(RuleKind::kDeny, "c", "c", "node policy /etc/x");
  of_node.pointer = "/default/deny/0";
  const std::vector<std::uint8_t> bytes =
      compile::encode_meta(Policy{.rules = {of_node}}, "", 0, "");
  CHECK(text_of(bytes, sizeof(sg_meta), head_of(bytes).policy_len) == "deny\tc\tnode default\n");
}

TEST_CASE("Encode meta: the same input gives the same bytes") {
  const Policy policy{{rule(RuleKind::kAllow, "a", "a", "s")}};
  CHECK(compile::encode_meta(policy, "id", 7, "v") == compile::encode_meta(policy, "id", 7, "v"));
}
