// SPDX-License-Identifier: Apache-2.0
// open_proc_sys_test.cpp - what is taken out, what goes in, what stays, and who is never opened;
// spellings of one path.
#include "oci/open_proc_sys.h"

#include <fcntl.h>

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/file_io.h"
#include "request/stay_closed.h"
#include "support/catch.h"
#include "support/create_documents.h"

using namespace sg::oci;
using Paths = std::vector<std::string>;
using sg::Result;
using sg::oci::CreateConfig;
using sg::oci::CreateEdit;
using sg::test::apart;
using sg::test::Container;
using sg::test::parsed;
using sg::test::text_of;

namespace {

constexpr const char* kHook = "/opt/sg/sysctl-guard-hook";
const std::string kEntry = R"({"path":"/opt/sg/sysctl-guard-hook","args":["sysctl-guard-hook"]})";
const std::string kMark = R"("io.sysctl-guard.opened": "true")";

// Our entry at createContainer.
std::string opening_entry(const Paths& paths) {
  std::string entry = R"({"path":"/opt/sg/sysctl-guard-hook","args":["sysctl-guard-hook","--open")";
  for (const std::string& path : paths) {
    entry += ",\"" + path + "\"";
  }
  return entry + "]}";
}

std::string sample(const std::string& name) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "../../data" / name;
  const Result<std::string> text = sg::read_file(AT_FDCWD, path.string(), sg::oci::kConfigMax);
  REQUIRE(text);
  return *text;
}

std::string edited(const std::string& text, const CreateEdit& edit) {
  const Result<std::string> result = sg::oci::edit_for_create(text, parsed(text), edit);
  return result ? *result : "error: " + result.error().message;
}

std::string opened(const std::string& text, Paths paths = {"net/ipv4/ip_forward"}) {
  return edited(text, {.hook_path = kHook, .hook_args = {}, .open = std::move(paths)});
}

std::string guarded(const std::string& text, std::vector<std::string> args = {}) {
  return edited(text, {.hook_path = kHook, .hook_args = std::move(args)});
}

// A document with both entries and the mark, so that what changes is the paths alone.
std::string with_paths(const std::string& list) {
  return R"({"hooks":{"createRuntime":[)" + kEntry + R"(],"createContainer":[)" +
         opening_entry({"a"}) + R"(]},"annotations":{)" + kMark + R"(},"linux":{"readonlyPaths":)" +
         list + "}}";
}

}  // namespace

TEST_CASE("Open /proc/sys: Docker's own document, and only the edit") {
  std::string text = sample("docker-26.1.config.json");
  // Whatever hook of our name it has, only that at our path is ours.
  const std::string installed =
      text.substr(text.rfind("\"/", text.find("/sysctl-guard-hook\"")) + 1, std::string::npos);
  const std::string path = installed.substr(0, installed.find('"'));
  text.replace(text.find("\"" + path + "\""), path.size() + 2, "\"" + std::string(kHook) + "\"");
  const std::string after = opened(text);
  // Without the four things that the edit does, it is what it was.
  std::string before = after;
  const auto take_out = [&before](const std::string& piece) {
    INFO(piece);
    REQUIRE(before.find(piece) != std::string::npos);
    before.erase(before.find(piece), piece.size());
  };
  take_out(R"(,"createContainer": [)" + opening_entry({"net/ipv4/ip_forward"}) + "]");
  take_out(R"(, )" + kMark);
  const std::string element = R"("/proc/sys",)";
  std::string expected = text;
  expected.erase(expected.find(element), element.size());
  CHECK(before == expected);
  CHECK(opened(after) == after);
}

TEST_CASE("Open /proc/sys: Podman's own document without a hook gets all of it") {
  std::string text = sample("podman-4.3.config.json");
  const std::size_t hooks = text.find(R"("hooks")");
  REQUIRE(hooks != std::string::npos);
  text.replace(hooks, 7, R"("x_was")");
  const std::string after = opened(text);
  const CreateConfig config = parsed(after);
  CHECK(sg::oci::runs_hook(config.config, kHook));
  CHECK(sg::oci::is_opened_by_us(config.config));
  CHECK_FALSE(sg::oci::is_closed(config.config));
  CHECK(config.config.readonly_paths.size() + 1 == parsed(text).config.readonly_paths.size());
  CHECK(opened(after) == after);
}

TEST_CASE("Open /proc/sys: all parts are in one document, or none is") {
  const Container container;
  const CreateConfig after =
      parsed(opened(text_of(container), {"vm/swappiness", "net/ipv4/conf/"}));
  REQUIRE(after.config.hooks.size() == 2);
  CHECK(after.config.hooks[0].stage == sg::oci::HookStage::kCreateRuntime);
  CHECK(after.config.hooks[1].stage == sg::oci::HookStage::kCreateContainer);
  CHECK(after.config.hooks[1].args ==
        Paths{"sysctl-guard-hook", "--open", "vm/swappiness", "net/ipv4/conf/"});
  CHECK(after.config.annotations.contains("io.sysctl-guard.opened"));
  CHECK(after.config.readonly_paths.empty());
  const CreateConfig without = parsed(guarded(text_of(container)));
  CHECK(without.config.hooks.size() == 1);
  CHECK_FALSE(sg::oci::is_opened_by_us(without.config));
  CHECK(sg::oci::is_closed(without.config));
}

TEST_CASE(
    "Open /proc/sys: who is apart may be opened without the lock, and is marked all the same") {
  const CreateEdit edit{.hook_path = kHook, .hook_args = {}, .open = Paths{"net/"}, .lock = false};
  const std::string once = edited(text_of(apart()), edit);
  const CreateConfig after = parsed(once);
  CHECK(after.config.hooks.size() == 1);
  CHECK(sg::oci::is_opened_by_us(after.config));
  // What everybody may write stays, in its place.
  CHECK(after.config.readonly_paths == Paths{"/proc/sys/kernel/ns_last_pid"});
  CHECK(edited(once, edit) == once);
}

TEST_CASE("Open /proc/sys: a second edit with other paths changes the list, and nothing else") {
  const std::string once = opened(text_of({}), {"net/ipv4/ip_forward"});
  const std::string twice = opened(once, {"net/core/somaxconn"});
  std::string expected = once;
  expected.replace(expected.find("net/ipv4/ip_forward"), 19, "net/core/somaxconn");
  CHECK(twice == expected);
  // Nothing to open any more: it stays locked.
  expected.replace(expected.find(R"(,"net/core/somaxconn")"), 21, "");
  CHECK(opened(twice, {}) == expected);
  // Installed elsewhere meanwhile, behind an entry of somebody else.
  std::string moved = once;
  moved.replace(moved.rfind("/opt/sg/"), 8, "/old/");
  const std::size_t entry = moved.rfind(R"({"path":"/old/)");
  moved.insert(entry, R"({"path":"/bin/true"}, )");
  std::string back = once;
  back.insert(back.rfind(R"({"path":"/opt/sg/)"), R"({"path":"/bin/true"}, )");
  CHECK(opened(moved) == back);
}

TEST_CASE("Open /proc/sys: marks are added, and keep the value they have") {
  CHECK(parsed(opened(R"({"annotations":{"io.sysctl-guard.opened":"x"}})"))
            .config.annotations.at("io.sysctl-guard.opened") == "x");
  const std::string was_open = edited(R"({"ociVersion":"1.0.2"})",
                                      {.hook_path = kHook, .hook_args = {}, .note_was_open = true});
  CHECK(parsed(was_open).config.annotations ==
        std::map<std::string, std::string>{{"io.sysctl-guard.was-open", "true"}});
  const CreateEdit closed{.hook_path = kHook, .hook_args = {}, .against = "a \"reason\""};
  const std::string why =
      edited(R"({"annotations":{"io.sysctl-guard.closed":"old","x":"y"}})", closed);
  CHECK(parsed(why).config.annotations ==
        std::map<std::string, std::string>{{"io.sysctl-guard.closed", "a \"reason\""}, {"x", "y"}});
  CHECK(edited(why, closed) == why);
}

TEST_CASE("Open /proc/sys: what is opened by us, and what was open") {
  struct Case {
    const char* why;
    std::string text;
    bool by_us;
    bool throughout;
  };
  const Case cases[] = {
      {"nothing read-only", "{}", false, true},
      {"others", R"({"linux":{"readonlyPaths":["/proc/bus","/proc/sysrq-trigger","/sys"]}})", false,
       true},
      {"itself", R"({"linux":{"readonlyPaths":["//proc/sys/"]}})", false, false},
      {"a part", R"({"linux":{"readonlyPaths":["/proc/sys/kernel"]}})", false, false},
      {"all of /proc", R"({"linux":{"readonlyPaths":["/proc"]}})", false, false},
      {"a relative path, which is below the root", R"({"linux":{"readonlyPaths":["proc/sys"]}})",
       false, false},
      {"through ..", R"({"linux":{"readonlyPaths":["/x/../proc/sys"]}})", false, false},
      {"the mark, whatever it says", R"({"annotations":{"io.sysctl-guard.opened":"false"}})", true,
       true},
      {"our entry alone", R"({"hooks":{"createContainer":[)" + opening_entry({}) + "]}}", true,
       true},
      {"the same of another path",
       R"({"hooks":{"createContainer":[{"path":"/x/sysctl-guard-hook","args":["h","--open"]}]}})",
       true, true},
      {"our entry without the argument",
       R"({"hooks":{"createContainer":[{"path":"/x/sysctl-guard-hook","args":["h"]}]}})", false,
       true},
      {"the guard's entry", R"({"hooks":{"createRuntime":[)" + kEntry + "]}}", false, true},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const CreateConfig config = parsed(c.text);
    CHECK(sg::oci::is_opened_by_us(config.config) == c.by_us);
    CHECK(sg::oci::is_open_throughout(config.config) == c.throughout);
  }
}

TEST_CASE("Open /proc/sys: which entries are taken out") {
  struct Case {
    const char* why;
    std::string before;
    std::string after;
  };
  const Case cases[] = {
      {"among others", R"(["/proc/bus", "/proc/sys", "/x"])", R"(["/proc/bus", "/x"])"},
      {"the first", R"(["/proc/sys","/x"])", R"(["/x"])"},
      {"the last", R"(["/x","/proc/sys"])", R"(["/x"])"},
      {"alone", R"(["/proc/sys"])", "[]"},
      {"several times", R"(["/proc/sys","/a","/proc/sys/","/b","/proc/sys"])", R"(["/a","/b"])"},
      {"all of them", R"(["/proc/sys","//proc//sys","/./proc/sys/."])", "[]"},
      {"written with escapes", R"(["/a","\u002fproc\/sys"])", R"(["/a"])"},
      {"below it", R"(["/proc/sys/kernel","/proc/sys/net"])",
       R"(["/proc/sys/kernel","/proc/sys/net"])"},
      {"above it", R"(["/proc","/"])", R"(["/proc","/"])"},
      {"a longer name", R"(["/proc/sysrq-trigger","/proc/sys2"])",
       R"(["/proc/sysrq-trigger","/proc/sys2"])"},
      {"through ..", R"(["/a/../proc/sys","/proc/sys/.."])",
       R"(["/a/../proc/sys","/proc/sys/.."])"},
      {"a relative one", R"(["proc/sys"])", R"(["proc/sys"])"},
      {"in upper case", R"(["/PROC/SYS"])", R"(["/PROC/SYS"])"},
      {"none", "[]", "[]"},
      {"null", "null", "null"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(opened(with_paths(c.before), {"a"}) == with_paths(c.after));
    CHECK(guarded(with_paths(c.before)) == with_paths(c.before));
  }
}

TEST_CASE("Open /proc/sys: where the hook goes") {
  struct Case {
    const char* why;
    std::string before;
    std::string after;
  };
  const Case cases[] = {
      {"no hooks", R"({"a": 1})", R"({"a": 1, "hooks": {"createRuntime": [)" + kEntry + "]}}"},
      {"no hooks, with a version", R"({"ociVersion": "1", "a": 1})",
       R"({"ociVersion": "1","hooks": {"createRuntime": [)" + kEntry + R"(]}, "a": 1})"},
      {"hooks before the version", R"({"hooks": {}, "ociVersion": "1"})",
       R"({"hooks": {"createRuntime": [)" + kEntry + R"(]}, "ociVersion": "1"})"},
      {"null", R"({"hooks":null})", R"({"hooks":{"createRuntime": [)" + kEntry + "]}}"},
      {"null at the stage", R"({"hooks":{"createRuntime":null}})",
       R"({"hooks":{"createRuntime":[)" + kEntry + "]}}"},
      {"behind others", R"({"hooks":{"createRuntime":[{"path":"/a"}, {"path":"/b"}]}})",
       R"({"hooks":{"createRuntime":[{"path":"/a"}, {"path":"/b"}, )" + kEntry + "]}}"},
      {"beside another stage", R"({"hooks": {"poststop": []}})",
       R"({"hooks": {"poststop": [], "createRuntime": [)" + kEntry + "]}}"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(guarded(c.before) == c.after);
    CHECK(guarded(c.after) == c.after);
  }
}

TEST_CASE("Open /proc/sys: the arguments of the hook go in behind its name") {
  CHECK(guarded("{}", {"--profile", "a\"b"}) ==
        R"({"hooks": {"createRuntime": [{"path":"/opt/sg/sysctl-guard-hook",)"
        R"("args":["sysctl-guard-hook","--profile","a\"b"]}]}})");
}

TEST_CASE("Open /proc/sys: which entries are our hook") {
  struct Case {
    const char* why;
    std::string entry;
    bool ours;
  };
  const Case cases[] = {
      {"its path", R"({"path":"/opt/sg/sysctl-guard-hook"})", true},
      {"installed elsewhere", R"({"path":"/usr/libexec/oci/hooks.d/sysctl-guard-hook"})", false},
      {"with a profile", R"({"path":"/opt/sg/sysctl-guard-hook","args":["h","--profile","web"]})",
       true},
      {"another program that takes our name",
       R"({"path":"/bin/true","args":["sysctl-guard-hook"]})", false},
      {"a name that begins alike", R"({"path":"/x/sysctl-guard-hook2"})", false},
      {"a name that ends alike", R"({"path":"/x/no-sysctl-guard-hook"})", false},
      {"a directory of the name", R"({"path":"/x/sysctl-guard-hook/true"})", false},
      {"a relative path", R"({"path":"sysctl-guard-hook"})", false},
      {"it only says its version", R"({"path":"/x/sysctl-guard-hook","args":["h","--version"]})",
       false},
      {"it only says its help", R"({"path":"/opt/sg/sysctl-guard-hook","args":["h","--help"]})",
       false},
      {"it only opens", R"({"path":"/opt/sg/sysctl-guard-hook","args":["h","--open"]})", false},
      {"no path", R"({"args":["sysctl-guard-hook"]})", false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    for (const char* stage : {"prestart", "createRuntime"}) {
      const CreateConfig config =
          parsed(R"({"hooks":{")" + std::string(stage) + R"(":[)" + c.entry + "]}}");
      CHECK(sg::oci::runs_hook(config.config, kHook) == c.ours);
    }
    const CreateConfig later = parsed(R"({"hooks":{"createContainer":[)" + c.entry + "]}}");
    CHECK_FALSE(sg::oci::runs_hook(later.config, kHook));
  }
}

TEST_CASE("Open /proc/sys: an entry of our name that is another program is no guard") {
  const CreateConfig config = parsed(
      R"({"hooks":{"prestart":[{"path":"/x/sysctl-guard-hook","args":["h","--profile","p"]}]}})");
  CHECK_FALSE(sg::oci::runs_hook(config.config, kHook));
  REQUIRE(sg::oci::find_named_hook(config.config) != nullptr);
  CHECK(sg::oci::find_named_hook(config.config)->args.back() == "p");
  CHECK(sg::oci::find_named_hook(
            parsed(R"({"hooks":{"prestart":[{"path":"/bin/true"}]}})").config) == nullptr);
}

TEST_CASE("Open /proc/sys: keys that Go would take for others are refused") {
  for (const char* text :
       {R"({"Hooks":null})", R"({"process":{"Capabilities":{}}})",
        R"({"linux":{"readonlypaths":[]}})",
        R"({"hooks":{"createRuntime":[{"path":"/a","Path":"/b"}]}})", R"({"Mounts":[]})",
        R"({"hooks":{"createRuntime":[],"CreateRuntime":null}})", R"({"hooks":{"preStart":[]}})",
        R"({"mounts":[{"Source":"/sys"}]})", R"({"mounts":[{"Destination":"/proc/sys"}]})",
        R"({"Root":{"path":"/"}})", R"({"linux":{"uidMappings":[{"hostid":0}]}})",
        R"({"hooks":{"createcontainer":[]}})",
        R"({"linux":{"namespaces":[{"type":"user","Path":"/x"}]}})"}) {
    INFO(text);
    CHECK_FALSE(sg::oci::parse_create_config(text));
  }
}

TEST_CASE("Open /proc/sys: a zero byte ends what runtimes in C read: refused") {
  for (const char* text :
       {R"({"linux":{"readonlyPaths":["/proc/sys\u0000"]}})",
        R"({"linux":{"maskedPaths":["/x\u0000"]}})",
        R"({"hooks":{"createRuntime":[{"path":"/bin/true\u0000/sysctl-guard-hook"}]}})",
        R"({"hooks":{"createContainer":[{"path":"/x","args":["a\u0000b"]}]}})",
        R"({"process":{"capabilities":{"bounding":["CAP_SYS_ADMIN\u0000X"]}}})",
        R"({"root":{"path":"/\u0000x"}})", R"({"mounts":[{"source":"/proc\u0000x"}]})",
        R"({"mounts":[{"type":"bind\u0000x"}]})", R"({"mounts":[{"options":["bind\u0000x"]}]})",
        R"({"mounts":[{"destination":"/proc/sys\u0000x"}]})"}) {
    INFO(text);
    CHECK_FALSE(sg::oci::parse_create_config(text));
  }
}

TEST_CASE("Plain path: empty components and dots go, the rest stays") {
  struct Case {
    const char* path;
    const char* plain;
  };
  const Case cases[] = {{"/", "/"},
                        {"//", "/"},
                        {"/./", "/"},
                        {"/a/b", "/a/b"},
                        {"//a/./b//", "/a/b"},
                        {"/a/../b", "/a/../b"},
                        {"a//b", "a//b"},
                        {"", ""},
                        {"/...", "/..."}};
  for (const Case& c : cases) {
    INFO(c.path);
    CHECK(plain_path(c.path) == c.plain);
  }
  CHECK(has_dot_dot("/a/../b"));
  CHECK(has_dot_dot(".."));
  CHECK_FALSE(has_dot_dot("/a/..b/..."));
}

TEST_CASE("Plain path: /proc/sys, and what is in a process") {
  CHECK(is_proc_sys("//proc/./sys/"));
  CHECK_FALSE(is_proc_sys("/proc/sys/kernel"));
  CHECK_FALSE(is_proc_sys("proc/sys"));
  for (const char* path :
       {"/proc/1", "/proc/1/root/proc/sys", "/proc/0x", "/proc/self/root", "/proc/thread-self"}) {
    INFO(path);
    CHECK(is_in_process(path));
  }
  for (const char* path :
       {"/proc", "/proc/sys", "/proc/selfish", "/proc/irq/1", "/1", "/x/proc/1"}) {
    INFO(path);
    CHECK_FALSE(is_in_process(path));
  }
}
