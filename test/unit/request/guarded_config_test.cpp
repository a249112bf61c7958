// SPDX-License-Identifier: Apache-2.0
// guarded_config_test.cpp - who is opened, what, and what is said about it.
#include "request/guarded_config.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "oci/open_proc_sys.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::Result;
using sg::oci::Config;
using sg::request::GuardedConfig;
using Strings = std::vector<std::string>;

namespace {

const sg::request::NodePolicyChoice kNoNodePolicy{.is_defaults = true};

struct Document {
  std::string annotations;  // members of the object
  std::string capability = "CAP_NET_ADMIN";
  std::string sysctl = "";
  std::string readonly = R"("/proc/bus","/proc/sys")";
  std::string hooks = "";
};

std::string text_of(const Document& d) {
  return R"({"ociVersion":"1.0.2","root":{"path":"/nonexistent"},"annotations":{)" + d.annotations +
         R"(},"process":{"capabilities":{"bounding":[")" + d.capability +
         R"("]}},"mounts":[{"destination":"/proc","type":"proc","source":"proc"}],"linux":{"cgroupsPath":"/a\n",)"
         R"("sysctl":{)" +
         d.sysctl +
         R"(},"namespaces":[{"type":"pid"},{"type":"network"},{"type":"mount"}],"readonlyPaths":[)" +
         d.readonly + "]}" + d.hooks + "}";
}

std::string allow(const std::string& list) { return R"("io.sysctl-guard.allow":")" + list + "\""; }

Result<GuardedConfig> try_guarded(const std::string& text, Strings args = {},
                                  bool is_fresh = true) {
  const Result<sg::oci::CreateConfig> create = sg::oci::parse_create_config(text);
  REQUIRE(create);
  return sg::request::make_guarded({.text = text,
                                    .config = *create,
                                    .bundle = "",
                                    .hook_path = "/h",
                                    .hook_args = std::move(args),
                                    .is_fresh = is_fresh});
}

GuardedConfig guarded(const std::string& text, Strings args = {}, bool is_fresh = true) {
  Result<GuardedConfig> config = try_guarded(text, std::move(args), is_fresh);
  REQUIRE(config);
  return *std::move(config);
}

Config parsed(const std::string& text) {
  const Result<Config> config = sg::oci::parse_config(text);
  REQUIRE(config);
  return *config;
}

// What is opened; "closed" where nothing is.
Strings opened(const std::string& text) {
  const Config config = parsed(text);
  CHECK(sg::oci::is_closed(config) != sg::oci::is_opened_by_us(config));
  CHECK(sg::oci::runs_hook(config, "/h"));
  for (const sg::oci::HookEntry& hook : config.hooks) {
    if (hook.stage == sg::oci::HookStage::kCreateContainer) {
      CHECK(hook.path == "/h");
      return {hook.args.begin() + 2, hook.args.end()};
    }
  }
  return {"closed"};
}

// A node policy of its own, so that the machine's plays no part.
class NodePolicy {
 public:
  explicit NodePolicy(const std::string& text) { std::ofstream(path()) << text; }
  [[nodiscard]] std::string path() const { return dir_.path() + "/policy.json"; }
  [[nodiscard]] Strings args() const { return {"--policy", path()}; }

 private:
  sg::test::TempDir dir_;
};

}  // namespace

TEST_CASE("Guarded config: everyone gets the hook; who is opened, and what") {
  struct Case {
    const char* why;
    Document document;
    Strings paths;
    const char* against = "";
  };
  const std::string pair = R"("net.ipv4.ping_group_range":"0 0")";
  const Case cases[] = {
      {"no annotation", {.annotations = ""}, {"closed"}},
      {"a rule", {.annotations = allow("net.ipv4.ip_forward")}, {"net/ipv4/ip_forward"}},
      {"a rule and a pair",
       {.annotations = allow("net.ipv4.ip_forward"), .sysctl = pair},
       {"net/ipv4/ip_forward", "net/ipv4/ping_group_range"}},
      {"a pair alone, which engines add",
       {.annotations = R"("other":"x")", .sysctl = pair},
       {"closed"}},
      {"a pair and an empty allow",
       {.annotations = allow(""), .sysctl = pair},
       {"net/ipv4/ping_group_range"}},
      {"a pair and a deny",
       {.annotations = R"("io.sysctl-guard.deny":"net.*")", .sysctl = pair},
       {"net/ipv4/ping_group_range"}},
      {"an empty allow", {.annotations = allow("")}, {"closed"}},
      {"a mistake", {.annotations = allow("net..x"), .sysctl = pair}, {"closed"}},
      {"beyond the limit", {.annotations = allow("vm.swappiness")}, {"closed"}},
      {"all of it denied",
       {.annotations = allow("net.a") + R"(,"io.sysctl-guard.deny":"net.a")"},
       {"closed"},
       ": /proc/sys is not opened: there is no sysctl that it may write and that could be opened"},
      {"who could undo it",
       {.annotations = allow("net.*"), .capability = "CAP_SYS_ADMIN"},
       {"closed"},
       ": /proc/sys is not opened: the container has CAP_SYS_ADMIN, which can undo the guard"},
  };
  const NodePolicy node(R"({"version": 1})");
  for (const Case& c : cases) {
    INFO(c.why);
    const GuardedConfig config = guarded(text_of(c.document), node.args());
    CHECK(opened(config.text) == c.paths);
    CHECK(config.note.ends_with(c.against));
    CHECK(config.note.empty() == (*c.against == '\0'));
    CHECK(guarded(config.text, node.args()).text == config.text);
    CHECK(guarded(config.text, node.args(), /*is_fresh=*/false).text == config.text);
  }
}

TEST_CASE(
    "Guarded config: the note names the container and the reason, and the reason goes with the "
    "container") {
  const NodePolicy node(R"({"version": 1})");
  const Document document{.annotations = allow("net.*"), .capability = "CAP_SYS_ADMIN"};
  const GuardedConfig config = guarded(text_of(document), node.args());
  const std::string reason = "the container has CAP_SYS_ADMIN, which can undo the guard";
  CHECK(config.note ==
        R"(sysctl-guard: the container of cgroup '/a\n': /proc/sys is not opened: )" + reason);
  CHECK(parsed(config.text).annotations.at("io.sysctl-guard.closed") == reason);
  CHECK(guarded(text_of({.annotations = "", .capability = "CAP_SYS_ADMIN"}), node.args())
            .note.empty());
  // Too many mounts: nothing is opened rather than some of it.
  std::string many;
  for (int i = 0; i < 257; ++i) {
    many += (i == 0 ? "" : ",") + std::string("net.a.b") + std::to_string(i);
  }
  const GuardedConfig large = guarded(text_of({.annotations = allow(many)}), node.args());
  CHECK(opened(large.text) == Strings{"closed"});
  CHECK(large.note.find("257 mounts, more than the 256") != std::string::npos);
  many.erase(many.rfind(','));
  CHECK(opened(guarded(text_of({.annotations = allow(many)}), node.args()).text).size() == 256);
}

TEST_CASE(
    "Guarded config: our AppArmor profile for who is opened, in place of the engine's alone") {
  struct Case {
    const char* why;
    Document document;
    const char* profile;
    bool sets;
    const char* then;
  };
  const Case cases[] = {
      {"opened", {.annotations = allow("net.a")}, "docker-default", true, "sysctl-guard-docker"},
      {"not asked", {.annotations = allow("net.a")}, "docker-default", false, "docker-default"},
      {"chosen", {.annotations = allow("net.a")}, "mine", true, "mine"},
      {"asks for nothing", {.annotations = ""}, "docker-default", true, "docker-default"},
      {"cannot be opened",
       {.annotations = allow("net.a"), .capability = "CAP_SYS_ADMIN"},
       "docker-default",
       true,
       "docker-default"},
      {"open already, which we cannot tell from open to a neighbour",
       {.annotations = allow("net.a"), .readonly = ""},
       "docker-default",
       true,
       "docker-default"},
  };
  const NodePolicy node(R"({"version": 1})");
  for (const Case& c : cases) {
    INFO(c.why);
    std::string text = text_of(c.document);
    const std::string member = R"("apparmorProfile":")";
    text.insert(text.find(R"("capabilities")"), member + c.profile + "\",");
    const Result<sg::oci::CreateConfig> create = sg::oci::parse_create_config(text);
    REQUIRE(create);
    CHECK(create->apparmor_profile == c.profile);
    const Result<GuardedConfig> config =
        sg::request::make_guarded({.text = text,
                                   .config = *create,
                                   .bundle = "",
                                   .hook_path = "/h",
                                   .hook_args = node.args(),
                                   .is_fresh = true,
                                   .sets_apparmor_profile = c.sets});
    REQUIRE(config);
    CHECK(config->text.find(member + c.then + "\"") != std::string::npos);
    CHECK(sg::oci::runs_hook(parsed(config->text), "/h"));
  }
}

TEST_CASE("Guarded config: where a mount's source leads the runtime elsewhere, nothing is opened") {
  const NodePolicy node(R"({"version": 1})");
  const sg::test::TempDir dir;
  std::filesystem::create_symlink(dir.path(), dir.path() + "/link");
  std::filesystem::create_symlink("/proc/self/cwd", dir.path() + "/own");
  std::filesystem::create_symlink("/sys", dir.path() + "/sys");
  for (const auto& [source, closed] :
       {std::pair("/link", false), std::pair("/nothing", false), std::pair("/own", true),
        std::pair("/own/..", true), std::pair("/sys", true), std::pair("/link/sys", true)}) {
    INFO(source);
    std::string text = text_of({.annotations = allow("net.*")});
    const std::string mount =
        R"({"destination":"/mnt","type":"bind","source":")" + dir.path() + source + R"("},)";
    text.insert(text.find(R"({"destination":"/proc")"), mount);
    CHECK((opened(guarded(text, node.args()).text) == Strings{"closed"}) == closed);
  }
}

TEST_CASE("Guarded config: only what is masked in every procfs keeps other ones away") {
  const NodePolicy node(R"({"version": 1})");
  for (const auto& [path, closed] :
       {std::pair("/proc/bus", false), std::pair("//proc/./meminfo", false),
        std::pair("/proc/no-such", true), std::pair("/proc/../tmp", true),
        std::pair("/proc/self/root/tmp", true), std::pair("/proc/1/root/tmp", true),
        std::pair("/proc/1", true), std::pair("/proc/net", true), std::pair("/proc/./sys", true),
        std::pair("/proc/sys/kernel", true), std::pair("/proc", true), std::pair("/procs", true)}) {
    CAPTURE(path);
    const std::string readonly = "\"/proc/sys\",\"" + std::string(path) + "\"";
    const std::string text =
        text_of({.annotations = allow("net.ipv4.ip_forward"), .readonly = readonly});
    CHECK((opened(guarded(text, node.args()).text) == Strings{"closed"}) == closed);
  }
}

TEST_CASE("Guarded config: audit opens what the limit permits, for who asks") {
  const NodePolicy node(
      R"({"version": 1, "limit": {"allow": ["net.core.*"]}, "annotationModes": ["audit"]})");
  CHECK(opened(guarded(text_of({.annotations = R"("io.sysctl-guard.mode":"audit")"}), node.args())
                   .text) == Strings{"net/core/"});
  const NodePolicy audits(
      R"({"version": 1, "limit": {"allow": ["net.core.*"]}, "default": {"mode": "audit"}})");
  CHECK(opened(guarded(text_of({.annotations = ""}), audits.args()).text) == Strings{"closed"});
  CHECK(opened(
            guarded(text_of({.annotations = allow("net.core.somaxconn=1")}), audits.args()).text) ==
        Strings{"net/core/"});
}

TEST_CASE("Guarded config: one that was open is left as it is, and the node's audit is told") {
  const NodePolicy audits(R"({"version": 1, "default": {"mode": "audit"}})");
  const NodePolicy enforces(R"({"version": 1})");
  const std::string open = text_of({.annotations = allow("net.*"), .readonly = R"("/proc/bus")"});
  const auto marks = [](const std::string& text) {
    const Config config = parsed(text);
    return std::pair(config.annotations.contains("io.sysctl-guard.was-open"),
                     sg::oci::is_opened_by_us(config));
  };
  CHECK(marks(guarded(open, audits.args()).text) == std::pair(true, false));
  CHECK(marks(guarded(open, enforces.args()).text) == std::pair(false, false));
  // Where an older version may have been at work, nothing is said.
  CHECK(marks(guarded(open, audits.args(), /*is_fresh=*/false).text) == std::pair(false, false));
  const std::string half =
      text_of({.annotations = allow("net.*"), .readonly = R"("/proc/sys/kernel")"});
  CHECK(marks(guarded(half, audits.args()).text) == std::pair(false, false));
}

TEST_CASE("Guarded config: what was opened is locked again, whatever changed since") {
  const NodePolicy node(R"({"version": 1})");
  const std::string once =
      guarded(text_of({.annotations = allow("net.core.somaxconn")}), node.args()).text;
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = once;
    REQUIRE(text.find(from) != std::string::npos);
    text.replace(text.find(from), from.size(), to);
    return guarded(text, node.args());
  };
  CHECK(opened(changed("\"net.core.somaxconn\"", "\"net.ipv4.*\"").text) == Strings{"net/ipv4/"});
  CHECK(opened(changed("\"net.core.somaxconn\"", "\"\"").text).empty());
  const GuardedConfig dangerous = changed("CAP_NET_ADMIN", "CAP_SYS_ADMIN");
  CHECK(opened(dangerous.text).empty());
  CHECK_FALSE(dangerous.note.empty());
  // The mark alone: somebody took our entry away.
  std::string stripped = once;
  const std::size_t begin = stripped.find(R"(,"createContainer")");
  stripped.erase(begin, stripped.find(']', stripped.find(']', begin) + 1) + 1 - begin);
  CHECK(parsed(stripped).hooks.size() == 1);
  CHECK(opened(guarded(stripped, node.args()).text) == Strings{"net/core/somaxconn"});
}

TEST_CASE("Guarded config: arguments of an entry by which the hook would not guard are refused") {
  const std::string entry =
      R"(,"hooks":{"createRuntime":[{"path":"/x/sysctl-guard-hook","args":["h")";
  for (const char* argument : {"--help", "--version", "--no-such", "--open", ""}) {
    INFO(argument);
    const Result<GuardedConfig> config = try_guarded(
        text_of({.annotations = allow("net.a"), .hooks = entry + ",\"" + argument + "\"]}]}"}));
    if (std::string(argument) == "--open") {
      continue;  // no guard is asked for there: see below
    }
    REQUIRE_FALSE(config);
    CHECK(config.error().code == sg::Errc::kUsage);
  }
  const NodePolicy node(R"({"version": 1, "profiles": {"p": {"allow": ["net.b"]}}})");
  const GuardedConfig good = guarded(
      text_of({.annotations = "",
               .hooks = entry + R"(,"--profile","p","--policy",")" + node.path() + R"("]}]})"}));
  CHECK(opened(good.text) == Strings{"net/b"});
}

TEST_CASE("Guarded config: every annotation of ours asks for a guard, with or without a mistake") {
  struct Case {
    const char* why;
    std::map<std::string, std::string> annotations;
    bool guard;
  };
  const Case cases[] = {
      {"none", {}, false},
      {"others only", {{"a", "b"}, {"io.sysctl-guarded.x", ""}, {"io.sysctl", ""}}, false},
      {"a rule", {{"io.sysctl-guard.allow", "net.ipv4.ip_forward=0|1"}}, true},
      {"an empty list", {{"io.sysctl-guard.allow", ""}}, true},
      {"deny alone", {{"io.sysctl-guard.deny", "net.*"}}, true},
      {"a key that is none", {{"io.sysctl-guard.alow", "net.*"}}, true},
      {"for a container of a name", {{"io.sysctl-guard.allow/web", "net.*"}}, true},
      {"a key behind a quote", {{"\"io.sysctl-guard.allow", "net.a=1, net.b=1\""}}, true},
      {"a key behind a blank", {{" 'io.sysctl-guard.deny", "net.a"}}, true},
      {"what could be a piece, of nothing of ours", {{" net.ipv4.ip_forward", "1"}}, false},
      {"our own mark", {{"io.sysctl-guard.opened", "true"}}, true},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    sg::oci::CreateConfig create;
    create.config.annotations = c.annotations;
    CHECK(sg::request::asks_for_guard(create, kNoNodePolicy) == c.guard);
  }
}

TEST_CASE("Guarded config: who names our hook wants a guard") {
  sg::oci::CreateConfig create;
  create.config.hooks = {{.path = "/bin/true", .args = {}}};
  CHECK_FALSE(sg::request::asks_for_guard(create, kNoNodePolicy));
  create.config.hooks.push_back({.path = "/x/sysctl-guard-hook", .args = {"sysctl-guard-hook"}});
  CHECK(sg::request::asks_for_guard(create, kNoNodePolicy));
}

TEST_CASE("Guarded config: whom the node policy assigns a profile wants a guard") {
  const sg::test::TempDir dir;
  const sg::request::NodePolicyChoice node{.path = dir.path() + "/policy.json",
                                           .writers = sg::host::Writers::kAnyone};
  const auto asks = [&](const std::string& text, std::map<std::string, std::string> annotations) {
    std::ofstream(node.path) << text;
    sg::oci::CreateConfig create;
    create.config.annotations = std::move(annotations);
    return sg::request::asks_for_guard(create, node);
  };
  const std::string assigns = R"({"version": 1, "profiles": {"p": {}},
      "assign": [{"match": {"ns": "team-*"}, "profile": "p"}]})";
  CHECK(asks(assigns, {{"ns", "team-a"}}));
  CHECK_FALSE(asks(assigns, {{"ns", "other"}}));
  CHECK_FALSE(asks(assigns, {}));
  // What cannot be told is for the hook to refuse, but only where the file may assign.
  CHECK(asks(R"({"version": 2, "assign": []})", {}));
  CHECK(asks(R"({"version": 1, "ass\u0069gn": 1})", {}));
  CHECK_FALSE(asks(R"({"version": 2})", {}));
  ::remove(node.path.c_str());
  sg::oci::CreateConfig create;
  CHECK_FALSE(sg::request::asks_for_guard(create, node));
  CHECK(sg::request::asks_for_guard(create, {.path = node.path, .is_named = true}));
}
