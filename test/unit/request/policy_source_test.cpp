// SPDX-License-Identifier: Apache-2.0
// policy_source_test.cpp - from what a policy is made of to a table and its metadata, and to the
// bytes that differ whenever the policy could.
#include "request/policy_source.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "compile/decide.h"
#include "policy/annotations.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace std::string_literals;
using sg::Errc;
using sg::Result;
using sg::compile::Origin;
using sg::compile::ProcSys;
using sg::policy::Verdict;
using sg::request::MadePolicy;
using sg::request::policy_input;
using sg::request::PolicySource;

namespace {

constexpr const char* kAllow = "io.sysctl-guard.allow";

// An origin whose node policy is a file with `text`, which `dir` owns.
Origin origin_with(const sg::test::TempDir& dir, const std::string& text,
                   std::map<std::string, std::string> annotations) {
  const std::string path = dir.path() + "/policy.json";
  std::ofstream(path) << text;
  Origin origin;
  origin.annotations = std::move(annotations);
  origin.private_namespaces.net = true;
  origin.node_policy = path;
  return origin;
}

Result<MadePolicy> made_of(Origin origin) {
  const Result<PolicySource> source = sg::request::read_policy_source(std::move(origin));
  return source ? sg::request::make_policy_of(*source) : source.error();
}

Verdict verdict_on(const MadePolicy& ready, const std::string& name, const std::string& value) {
  return sg::compile::decide(ready.table, {.write = true, .name = name, .value = value}).verdict;
}

// One with something in every field.
PolicySource full_source() {
  return {.origin = {.annotations = {{kAllow, "net.a"},
                                     {"io.kubernetes.container.name", "web"},
                                     {"org.example.x", "1"}},
                     .sysctl = {{"net.b", "2"}},
                     .private_namespaces = {.net = true},
                     .profile = "vpn",
                     .node_policy = "/p"},
          .node_text = "{}"};
}

// The same with a node policy that assigns by two annotations, one of which is there.
PolicySource assigning_source() {
  PolicySource source = full_source();
  source.node_text =
      R"({"version": 1, "profiles": {"p": {}},
          "assign": [{"match": {"ns": "a*", "im\u0061ge": "*"}, "profile": "p"}]})";
  source.origin.annotations["ns"] = "ab";
  return source;
}

struct Change {
  const char* why;
  std::function<void(PolicySource&)> apply;
};

}  // namespace

TEST_CASE(
    "Policy source: the table decides as the origin asks, and the metadata holds the origin") {
  if (::geteuid() != 0) {
    return;  // a node policy that others than root can write is refused
  }
  const sg::test::TempDir dir;
  Origin origin = origin_with(dir, R"({"version": 1, "events": "writes", "eventBuffer": 8192})",
                              {{kAllow, "net.ipv4.ip_forward=1"},
                               {"io.kubernetes.container.name", "web"},
                               {"org.example.secret", "x"}});
  origin.sysctl = {{"net.ipv4.ip_default_ttl", "33"}};
  const Result<MadePolicy> ready = made_of(origin);
  REQUIRE(ready);
  CHECK(verdict_on(*ready, "net/ipv4/ip_forward", "1") == Verdict::kAllow);
  CHECK(verdict_on(*ready, "net/ipv4/ip_forward", "0") == Verdict::kDeny);
  CHECK(verdict_on(*ready, "net/ipv4/ip_default_ttl", "33") == Verdict::kAllow);
  CHECK(ready->event_buffer == 8192);
  CHECK(ready->policy.events == sg::policy::Events::kWrites);
  CHECK(ready->meta.asks_to_write);
  CHECK(ready->meta.cut.empty());
  // Annotations of others are nobody's business.
  origin.annotations.erase("org.example.secret");
  origin.known.is_all = false;
  CHECK(ready->meta.origin == origin);
  // What was stored makes the same policy again.
  const Result<MadePolicy> again = made_of(ready->meta.origin);
  REQUIRE(again);
  CHECK(again->table == ready->table);
}

TEST_CASE("Policy source: what the limit cuts is kept, a finding for each") {
  if (::geteuid() != 0) {
    return;
  }
  const sg::test::TempDir dir;
  const Result<MadePolicy> ready =
      made_of(origin_with(dir, R"({"version": 1, "limit": {"onExcess": "clip"}})",
                          {{kAllow, "net.ipv4.ip_forward=1, vm.swappiness"}}));
  REQUIRE(ready);
  REQUIRE(ready->meta.cut.size() == 1);
  CHECK(ready->meta.cut[0].find("vm.swappiness") != std::string::npos);
  CHECK(verdict_on(*ready, "net/ipv4/ip_forward", "1") == Verdict::kAllow);
  CHECK(verdict_on(*ready, "vm/swappiness", "1") == Verdict::kDeny);
}

TEST_CASE("Policy source: what the limit permits and should not is said, a line each") {
  if (::geteuid() != 0) {
    return;
  }
  const sg::test::TempDir dir;
  const Result<MadePolicy> ready = made_of(origin_with(
      dir, R"({"version": 1, "limit": {"host": ["kernel.core_pattern", "vm.swappiness"]}})", {}));
  REQUIRE(ready);
  REQUIRE(ready->meta.warnings.size() == 1);
  CHECK(ready->meta.warnings[0].find("/limit/host/0") != std::string::npos);
  CHECK(ready->meta.warnings[0].find("permits kernel.core_pattern=|, which gives the host away") !=
        std::string::npos);
  const Result<MadePolicy> careful = made_of(
      origin_with(dir, R"({"version": 1, "limit": {"host": ["kernel.core_pattern=core"]}})", {}));
  REQUIRE(careful);
  CHECK(careful->meta.warnings.empty());
}

TEST_CASE("Policy source: a grant that is empty in a namespace of its own is said") {
  if (::geteuid() != 0) {
    return;
  }
  const sg::test::TempDir dir;
  Origin origin = origin_with(
      dir, R"({"version": 1, "limit": {"host": ["net.core.rmem_max", "net.core.default_qdisc"]}})",
      {{kAllow, "net.core.rmem_max; net.core.default_qdisc"}});
  origin.private_namespaces = {.net = true};
  const Result<MadePolicy> own = made_of(origin);
  REQUIRE(own);
  REQUIRE(own->meta.warnings.size() == 2);
  CHECK(own->meta.warnings[0].find("net.core.rmem_max is read-only in a net namespace") !=
        std::string::npos);
  CHECK(own->meta.warnings[1].find("net.core.default_qdisc does not exist in a net namespace") !=
        std::string::npos);
  origin.private_namespaces = {};
  const Result<MadePolicy> shared = made_of(origin);
  REQUIRE(shared);
  CHECK(shared->meta.warnings.empty());
}

TEST_CASE("Policy source: a key that is nearly ours is said, and changes no verdict") {
  if (::geteuid() != 0) {
    return;
  }
  const sg::test::TempDir dir;
  const Result<MadePolicy> ready = made_of(
      origin_with(dir, R"({"version": 1})", {{"sysctl-guard.io/allow", "net.ipv4.ip_forward"}}));
  REQUIRE(ready);
  REQUIRE(ready->meta.warnings.size() == 1);
  CHECK(ready->meta.warnings[0].find("sysctl-guard.io/allow") != std::string::npos);
  CHECK(ready->meta.warnings[0].find("write io.sysctl-guard.allow") != std::string::npos);
  CHECK(verdict_on(*ready, "net/ipv4/ip_forward", "1") == Verdict::kDeny);
}

TEST_CASE("Policy source: each source can be wrong in its own way") {
  if (::geteuid() != 0) {
    return;
  }
  const sg::test::TempDir dir;
  const struct {
    const char* why;
    const char* node;
    const char* allow;
    const char* profile;
    Errc code;
  } cases[] = {
      {"the node policy", R"({"version": 2})", "net.*", "", Errc::kNodePolicy},
      {"an annotation", R"({"version": 1})", "net..x", "", Errc::kBadInput},
      {"beyond the limit", R"({"version": 1})", "vm.swappiness", "", Errc::kBeyondLimit},
      {"no such profile", R"({"version": 1})", "net.*", "vpn", Errc::kUsage},
  };
  for (const auto& each : cases) {
    INFO(each.why);
    Origin origin = origin_with(dir, each.node, {{kAllow, each.allow}});
    origin.profile = each.profile;
    const Result<MadePolicy> ready = made_of(std::move(origin));
    REQUIRE_FALSE(ready);
    CHECK(ready.error().code == each.code);
  }
}

TEST_CASE("Policy source: a node policy that is named and not there is an error") {
  CHECK(sg::request::read_policy_source({.node_policy = "/nowhere/policy.json"}).error().code ==
        Errc::kNodePolicy);
}

TEST_CASE("Policy input: whatever the policy depends on changes it") {
  const Change changes[] = {
      {"the node policy's text", [](PolicySource& s) { s.node_text = "{ }"; }},
      {"an empty one", [](PolicySource& s) { s.node_text = ""; }},
      {"none", [](PolicySource& s) { s.node_text.reset(); }},
      {"its path", [](PolicySource& s) { s.origin.node_policy = "/q"; }},
      {"the installed one", [](PolicySource& s) { s.origin.node_policy = ""; }},
      {"the profile", [](PolicySource& s) { s.origin.profile = "vpm"; }},
      {"no profile", [](PolicySource& s) { s.origin.profile = ""; }},
      {"net", [](PolicySource& s) { s.origin.private_namespaces.net = false; }},
      {"ipc", [](PolicySource& s) { s.origin.private_namespaces.ipc = true; }},
      {"uts", [](PolicySource& s) { s.origin.private_namespaces.uts = true; }},
      {"user", [](PolicySource& s) { s.origin.private_namespaces.user = true; }},
      {"pid", [](PolicySource& s) { s.origin.private_namespaces.pid = true; }},
      {"a kernel with memfd_noexec",
       [](PolicySource& s) {
         s.origin.private_namespaces.in_pid = sg::sysctl::PidSysctls::kMemfd;
       }},
      {"a kernel with pid_max",
       [](PolicySource& s) { s.origin.private_namespaces.in_pid = sg::sysctl::PidSysctls::kAll; }},
      {"opened", [](PolicySource& s) { s.origin.proc_sys = ProcSys::kOpened; }},
      {"was open", [](PolicySource& s) { s.origin.proc_sys = ProcSys::kWasOpen; }},
      {"looks open", [](PolicySource& s) { s.origin.proc_sys = ProcSys::kLooksOpen; }},
      {"a value of ours", [](PolicySource& s) { s.origin.annotations[kAllow] = "net.b"; }},
      {"an empty value of ours", [](PolicySource& s) { s.origin.annotations[kAllow] = ""; }},
      {"a key of ours", [](PolicySource& s) { s.origin.annotations[kAllow + "/web"s] = "net.a"; }},
      {"none of ours", [](PolicySource& s) { s.origin.annotations.erase(kAllow); }},
      {"an unknown key", [](PolicySource& s) { s.origin.annotations["io.sysctl-guard.x"]; }},
      {"a mark", [](PolicySource& s) { s.origin.annotations["io.sysctl-guard.opened"]; }},
      {"the container's name",
       [](PolicySource& s) { s.origin.annotations["io.kubernetes.container.name"] = "db"; }},
      {"the other key of it",
       [](PolicySource& s) { s.origin.annotations["io.kubernetes.cri.container-name"] = "web"; }},
      {"a piece of a list", [](PolicySource& s) { s.origin.annotations["net.ipv4.b=1"]; }},
      {"a key that is nearly ours",
       [](PolicySource& s) { s.origin.annotations["sysctl-guard.io/allow"]; }},
      {"a key behind a quote",
       [](PolicySource& s) { s.origin.annotations["\"io.sysctl-guard.deny"]; }},
      {"a value of linux.sysctl", [](PolicySource& s) { s.origin.sysctl["net.b"] = "3"; }},
      {"a name of linux.sysctl",
       [](PolicySource& s) {
         s.origin.sysctl = {{"net.c", "2"}};
       }},
      {"one more of linux.sysctl", [](PolicySource& s) { s.origin.sysctl["net.c"]; }},
      {"no linux.sysctl", [](PolicySource& s) { s.origin.sysctl.clear(); }},
      // What only moves from one text to the next.
      {"from value to key",
       [](PolicySource& s) {
         s.origin.sysctl = {{"net.b2", ""}};
       }},
      {"from key to value",
       [](PolicySource& s) {
         s.origin.sysctl = {{"net.", "b2"}};
       }},
      {"between our key and its value",
       [](PolicySource& s) {
         s.origin.annotations.erase(kAllow);
         s.origin.annotations[kAllow + "n"s] = "et.a";
       }},
      {"from path to text",
       [](PolicySource& s) {
         s.origin.node_policy = "/";
         s.node_text = "p{}";
       }},
      {"from text to profile",
       [](PolicySource& s) {
         s.node_text = "{";
         s.origin.profile = "}vpn";
       }},
      {"from the text to no text",
       [](PolicySource& s) {
         s.node_text.reset();
         s.origin.profile = "{}vpn";
       }},
      {"from annotations to linux.sysctl",
       [](PolicySource& s) {
         s.origin.annotations.erase(kAllow);
         s.origin.sysctl.emplace(kAllow, "net.a");
       }},
  };
  const PolicySource full = full_source();
  std::set<std::vector<std::uint8_t>> seen = {policy_input(full)};
  for (const Change& change : changes) {
    INFO(change.why);
    PolicySource other = full;
    change.apply(other);
    CHECK(seen.insert(policy_input(other)).second);
  }
}

TEST_CASE("Policy input: what the policy does not depend on leaves it as it is") {
  const std::vector<std::uint8_t> input = policy_input(full_source());
  const Change changes[] = {
      {"nothing", [](PolicySource&) {}},
      {"a value of others", [](PolicySource& s) { s.origin.annotations["org.example.x"] = "2"; }},
      {"no annotation of others",
       [](PolicySource& s) { s.origin.annotations.erase("org.example.x"); }},
      {"more of others", [](PolicySource& s) { s.origin.annotations["io.kubernetes.pod.uid"]; }},
  };
  for (const Change& change : changes) {
    INFO(change.why);
    PolicySource other = full_source();
    change.apply(other);
    CHECK(policy_input(other) == input);
  }
  // Where no key is ours, none is taken for a piece of our list.
  PolicySource none = full_source();
  none.origin.annotations.erase(kAllow);
  PolicySource other = none;
  other.origin.annotations["net.ipv4.b=1"] = "";
  CHECK(policy_input(other) == policy_input(none));
}

TEST_CASE("Policy input: what the node policy assigns by is in it, and nothing else of others") {
  const Change changes[] = {
      {"a value that fits too", [](PolicySource& s) { s.origin.annotations["ns"] = "ac"; }},
      {"one that does not", [](PolicySource& s) { s.origin.annotations["ns"] = "b"; }},
      {"none", [](PolicySource& s) { s.origin.annotations.erase("ns"); }},
      {"an empty one more", [](PolicySource& s) { s.origin.annotations["image"] = ""; }},
      {"one that is not known",
       [](PolicySource& s) { s.origin.known = {.is_all = false, .keys = {"ns"}}; }},
      {"none that is known", [](PolicySource& s) { s.origin.known = {.is_all = false}; }},
      {"where none has an annotation of ours",
       [](PolicySource& s) {
         s.origin.annotations = {{"ns", "ab"}};
       }},
      {"there with another value",
       [](PolicySource& s) {
         s.origin.annotations = {{"ns", "b"}};
       }},
      {"there with none", [](PolicySource& s) { s.origin.annotations.clear(); }},
  };
  std::set<std::vector<std::uint8_t>> seen = {policy_input(assigning_source())};
  for (const Change& change : changes) {
    INFO(change.why);
    PolicySource other = assigning_source();
    change.apply(other);
    CHECK(seen.insert(policy_input(other)).second);
  }
  PolicySource other = assigning_source();
  other.origin.annotations["org.example.x"] = "2";
  other.origin.annotations["io.kubernetes.pod.uid"] = "3";
  CHECK(policy_input(other) == policy_input(assigning_source()));
  other.origin.known = {.is_all = false, .keys = {"ns", "image"}};
  CHECK(policy_input(other) == policy_input(assigning_source()));
}

TEST_CASE("Policy source: an assigned profile is given as by --profile, and can be told again") {
  if (::geteuid() != 0) {
    return;
  }
  const sg::test::TempDir dir;
  const char* const node = R"({"version": 1, "default": {"allow": ["net.default"]},
      "profiles": {"narrow": {"allow": ["net.narrow"], "refuse": "EROFS"},
                   "wide": {"allow": ["net.wide"]}},
      "assign": [{"match": {"ns": "team-*"}, "profile": "narrow"},
                 {"match": {"image": "x"}, "profile": "wide"}]})";
  const auto writes = [](const MadePolicy& made, const std::string& name) {
    return verdict_on(made, name, "1") == Verdict::kAllow;
  };
  const Result<MadePolicy> made = made_of(
      origin_with(dir, node, {{"ns", "team-a"}, {"image", "x"}, {"o", "1"}, {kAllow, "net.own"}}));
  REQUIRE(made);
  CHECK(made->meta.assigned == "narrow");
  CHECK(made->policy.refuse == sg::policy::Refusal::kErofs);
  CHECK(writes(*made, "net/narrow"));
  CHECK(writes(*made, "net/own"));
  CHECK_FALSE(writes(*made, "net/wide"));
  CHECK_FALSE(writes(*made, "net/default"));
  CHECK(made->meta.origin.annotations ==
        std::map<std::string, std::string>{{"ns", "team-a"}, {"image", "x"}, {kAllow, "net.own"}});
  const Result<MadePolicy> again = made_of(made->meta.origin);
  REQUIRE(again);
  CHECK(again->table == made->table);
  CHECK(again->meta.assigned == "narrow");
  // One that nothing fits has the default, and one with --profile has that.
  const Result<MadePolicy> other = made_of(origin_with(dir, node, {{"ns", "x"}}));
  REQUIRE(other);
  CHECK(other->meta.assigned.empty());
  CHECK(writes(*other, "net/default"));
  CHECK_FALSE(writes(*other, "net/narrow"));
  Origin named = origin_with(dir, node, {{"ns", "team-a"}});
  named.profile = "wide";
  const Result<MadePolicy> by_option = made_of(named);
  REQUIRE(by_option);
  CHECK(by_option->meta.assigned.empty());
  CHECK(writes(*by_option, "net/wide"));
  CHECK_FALSE(writes(*by_option, "net/narrow"));
  // The annotation may name the same one, and no other.
  const char* const key = "io.sysctl-guard.profile";
  CHECK(made_of(origin_with(dir, node, {{"ns", "team-a"}, {key, "narrow"}})));
  CHECK(made_of(origin_with(dir, node, {{"ns", "team-a"}, {key, "wide"}})).error().code ==
        Errc::kBadInput);
  CHECK(made_of(origin_with(dir, node, {{key, "wide"}})));
}

TEST_CASE("Policy source: what was not kept is no reason to assign another profile") {
  if (::geteuid() != 0) {
    return;
  }
  const sg::test::TempDir dir;
  Origin origin = origin_with(dir, R"({"version": 1, "profiles": {"n": {}, "w": {}},
      "assign": [{"match": {"ns": "x"}, "profile": "n"}, {"match": {}, "profile": "w"}]})",
                              {});
  const Result<MadePolicy> all = made_of(origin);
  REQUIRE(all);
  CHECK(all->meta.assigned == "w");
  origin.known.is_all = false;
  const Result<MadePolicy> made = made_of(origin);
  REQUIRE_FALSE(made);
  CHECK(made.error().message.find("assigns profiles by the annotation 'ns'") != std::string::npos);
  origin.known = {.is_all = false, .keys = {"ns"}};
  CHECK(made_of(origin));
}

TEST_CASE("Policy input: room for the ID of the buffer of events stands in front") {
  for (const PolicySource& source : {full_source(), PolicySource{}}) {
    const std::vector<std::uint8_t> input = policy_input(source);
    REQUIRE(input.size() > sg::request::kEventIdsSize);
    CHECK(std::all_of(input.begin(), input.begin() + sg::request::kEventIdsSize,
                      [](std::uint8_t byte) { return byte == 0; }));
  }
}

TEST_CASE("Policy input: none where there are more annotations than are read, whosever they are") {
  for (const char* const key : {kAllow, "org.example.x"}) {
    INFO(key);
    PolicySource source;
    const std::size_t most = sg::policy::kAnnotationBytesMax - std::string(key).size();
    source.origin.annotations[key] = std::string(most, ' ');
    CHECK_FALSE(policy_input(source).empty());
    source.origin.annotations[key] += ' ';
    CHECK(policy_input(source).empty());
  }
}

TEST_CASE("PolicySource: a grant that is empty in a namespace of its own is said in the metadata") {
  const sg::test::TempDir dir;
  const std::string node = R"({"version": 1, "limit": {"host": ["net.core.default_qdisc"]}})";
  const std::string rules = "net.netfilter.nf_conntrack_max=1..; net.core.default_qdisc=fq";
  const Result<MadePolicy> made = made_of(origin_with(dir, node, {{kAllow, rules}}));
  REQUIRE(made);
  REQUIRE(made->meta.warnings.size() == 2);
  CHECK(made->meta.warnings[0].find("nf_conntrack_max is read-only in a net namespace") !=
        std::string::npos);
  CHECK(made->meta.warnings[1].find("default_qdisc does not exist in a net namespace") !=
        std::string::npos);
  Origin shared = origin_with(dir, node, {{kAllow, "net.core.default_qdisc=fq"}});
  shared.private_namespaces.net = false;
  const Result<MadePolicy> of_host = made_of(std::move(shared));
  REQUIRE(of_host);
  CHECK(of_host->meta.warnings.empty());
}
