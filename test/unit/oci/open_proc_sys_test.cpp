// SPDX-License-Identifier: Apache-2.0
// open_proc_sys_test.cpp - what is taken out, what goes in, what stays, and who is never opened.
#include "oci/open_proc_sys.h"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>

#include "base/file_io.h"
#include "support/catch.h"

using sg::Result;
using sg::oci::CreateConfig;
using sg::oci::CreateEdit;

namespace {

constexpr const char* kHook = "/opt/sg/sysctl-guard-hook";
const std::vector<std::string> kCgroups = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
const std::string kEntry = R"({"path":"/opt/sg/sysctl-guard-hook","args":["sysctl-guard-hook"]})";

std::string sample(const std::string& name) {
  const auto path = std::filesystem::path(__FILE__).parent_path() / "../../data" / name;
  const Result<std::string> text = sg::read_file(AT_FDCWD, path.string(), sg::oci::kConfigMax);
  REQUIRE(text);
  return *text;
}

CreateConfig parsed(const std::string& text) {
  const Result<CreateConfig> create = sg::oci::parse_create_config(text);
  INFO(text);
  REQUIRE(create);
  return *create;
}

std::string edited(const std::string& text, bool open, std::vector<std::string> args = {}) {
  const CreateEdit edit{.hook_path = kHook,
                        .hook_args = std::move(args),
                        .open = open,
                        .cgroup_mounts = kCgroups};
  const Result<std::string> result = sg::oci::edit_for_create(text, parsed(text), edit);
  return result ? *result : "error: " + result.error().message;
}

// A document with our hook, so that what changes is the paths alone.
std::string with_paths(const std::string& list) {
  return R"({"hooks":{"createRuntime":[)" + kEntry + R"(]},"linux":{"readonlyPaths":)" + list + "}}";
}

std::string with_capabilities(const std::string& sets, const std::string& linux = "") {
  return R"({"process":{"capabilities":)" + sets + R"(},"linux":{)" + linux + "}}";
}

bool is_closed(const std::string& text) {
  const CreateConfig config = parsed(text);
  return !sg::oci::reason_to_stay_closed(config, kCgroups).empty();
}

}  // namespace

TEST_CASE("Open /proc/sys: Docker's own document, and only the edit") {
  std::string text = sample("docker-26.1.config.json");
  // Whatever hook of our name it has, only that at our path is ours.
  const std::string installed = text.substr(text.rfind("\"/", text.find("/sysctl-guard-hook\"")) + 1,
                                            std::string::npos);
  const std::string path = installed.substr(0, installed.find('"'));
  text.replace(text.find("\"" + path + "\""), path.size() + 2, "\"" + std::string(kHook) + "\"");
  const std::string after = edited(text, /*open=*/true);
  std::string expected = text;
  const std::string element = R"("/proc/sys",)";
  expected.erase(expected.find(element), element.size());
  CHECK(after == expected);
  CHECK(edited(after, /*open=*/true) == after);
}

TEST_CASE("Open /proc/sys: Podman's own document without a hook gets both") {
  std::string text = sample("podman-4.3.config.json");
  const std::size_t hooks = text.find(R"("hooks")");
  REQUIRE(hooks != std::string::npos);
  text.replace(hooks, 7, R"("x_was")");
  const std::string after = edited(text, /*open=*/true);
  const CreateConfig config = parsed(after);
  CHECK(sg::oci::runs_hook(config, kHook));
  CHECK(std::ranges::find(config.readonly_paths, "/proc/sys") == config.readonly_paths.end());
  CHECK(config.readonly_paths.size() + 1 == parsed(text).readonly_paths.size());
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
      {"below it", R"(["/proc/sys/kernel","/proc/sys/net"])", R"(["/proc/sys/kernel","/proc/sys/net"])"},
      {"above it", R"(["/proc","/"])", R"(["/proc","/"])"},
      {"a longer name", R"(["/proc/sysrq-trigger","/proc/sys2"])", R"(["/proc/sysrq-trigger","/proc/sys2"])"},
      {"through ..", R"(["/a/../proc/sys","/proc/sys/.."])", R"(["/a/../proc/sys","/proc/sys/.."])"},
      {"a relative one", R"(["proc/sys"])", R"(["proc/sys"])"},
      {"with a zero byte", R"(["/proc/sys\u0000"])", R"(["/proc/sys\u0000"])"},
      {"in upper case", R"(["/PROC/SYS"])", R"(["/PROC/SYS"])"},
      {"none", "[]", "[]"},
      {"null", "null", "null"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(edited(with_paths(c.before), /*open=*/true) == with_paths(c.after));
    CHECK(edited(with_paths(c.before), /*open=*/false) == with_paths(c.before));
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
       R"({"ociVersion": "1","hooks": {"createRuntime":[)" + kEntry + R"(]}, "a": 1})"},
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
    CHECK(edited(c.before, /*open=*/false) == c.after);
    CHECK(edited(c.after, /*open=*/false) == c.after);
  }
}

TEST_CASE("Open /proc/sys: the arguments of the hook go in behind its name") {
  CHECK(edited("{}", /*open=*/false, {"--profile", "a\"b"}) ==
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
      {"with a profile", R"({"path":"/opt/sg/sysctl-guard-hook","args":["h","--profile","web"]})", true},
      {"another program that takes our name", R"({"path":"/bin/true","args":["sysctl-guard-hook"]})",
       false},
      {"a name that begins alike", R"({"path":"/x/sysctl-guard-hook2"})", false},
      {"a name that ends alike", R"({"path":"/x/no-sysctl-guard-hook"})", false},
      {"a directory of the name", R"({"path":"/x/sysctl-guard-hook/true"})", false},
      {"a relative path", R"({"path":"sysctl-guard-hook"})", false},
      {"a zero byte before the name", R"({"path":"/bin/true\u0000/sysctl-guard-hook"})", false},
      {"it only says its version", R"({"path":"/x/sysctl-guard-hook","args":["h","--version"]})",
       false},
      {"it only says its help", R"({"path":"/opt/sg/sysctl-guard-hook","args":["h","--help"]})",
       false},
      {"no path", R"({"args":["sysctl-guard-hook"]})", false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    for (const char* stage : {"prestart", "createRuntime"}) {
      const CreateConfig config =
          parsed(R"({"hooks":{")" + std::string(stage) + R"(":[)" + c.entry + "]}}");
      CHECK(sg::oci::runs_hook(config, kHook) == c.ours);
    }
    const CreateConfig later = parsed(R"({"hooks":{"createContainer":[)" + c.entry + "]}}");
    CHECK_FALSE(sg::oci::runs_hook(later, kHook));
  }
}

TEST_CASE("Open /proc/sys: never for who could undo the guard") {
  struct Case {
    const char* why;
    const char* sets;
    bool closed;
  };
  const Case cases[] = {
      {"no capabilities", "null", false},
      {"empty sets", R"({"bounding":[],"effective":[]})", false},
      {"Docker's and NET_ADMIN", R"({"bounding":["CAP_CHOWN","CAP_NET_ADMIN"]})", false},
      {"BPF alone", R"({"bounding":["CAP_BPF"]})", false},
      {"SYS_ADMIN, bounding", R"({"bounding":["CAP_SYS_ADMIN"]})", true},
      {"SYS_ADMIN, effective", R"({"effective":["CAP_SYS_ADMIN"]})", true},
      {"SYS_ADMIN, inheritable", R"({"inheritable":["CAP_SYS_ADMIN"]})", true},
      {"SYS_ADMIN, permitted", R"({"permitted":["CAP_SYS_ADMIN"]})", true},
      {"SYS_ADMIN, ambient", R"({"ambient":["CAP_SYS_ADMIN"]})", true},
      {"SYS_ADMIN, a set of another name", R"({"x":["CAP_SYS_ADMIN"]})", true},
      {"in lower case, as crun takes it", R"({"bounding":["cap_sys_admin"]})", true},
      {"BPF and NET_ADMIN", R"({"bounding":["CAP_NET_ADMIN","CAP_BPF"]})", true},
      {"BPF and NET_ADMIN in two sets", R"({"bounding":["CAP_BPF"],"ambient":["CAP_NET_ADMIN"]})",
       true},
      {"a number, as crun takes it", R"({"bounding":["21"]})", true},
      {"without CAP_", R"({"bounding":["SYS_ADMIN"]})", true},
      {"nothing behind CAP_", R"({"bounding":["CAP_"]})", true},
      {"with a blank", R"({"bounding":[" CAP_SYS_ADMIN"]})", true},
      {"with a zero byte", R"({"bounding":["CAP_SYS_ADMIN\u0000X"]})", true},
      {"the kernel's modules", R"({"bounding":["CAP_SYS_MODULE"]})", true},
      {"raw memory", R"({"bounding":["CAP_SYS_RAWIO"]})", true},
      {"other processes of the host", R"({"bounding":["CAP_SYS_PTRACE"]})", true},
  };
  const std::string paths = R"("readonlyPaths":["/proc/sys"])";
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(is_closed(with_capabilities(c.sets)) == c.closed);
    const std::string after = edited(with_capabilities(c.sets, paths), /*open=*/true);
    CHECK(parsed(after).readonly_paths.empty() != c.closed);
    CHECK(sg::oci::runs_hook(parsed(after), kHook));
  }
}

TEST_CASE("Open /proc/sys: new user and cgroup namespaces together make capabilities harmless") {
  struct Case {
    const char* why;
    const char* namespaces;
    bool closed;
  };
  const Case cases[] = {
      {"none", R"("namespaces":[{"type":"network"}])", true},
      {"a new one", R"("namespaces":[{"type":"user"},{"type":"cgroup"}])", false},
      {"a new one, path empty", R"("namespaces":[{"type":"user","path":""},{"type":"cgroup","path":""}])", false},
      {"one by path", R"("namespaces":[{"type":"user","path":"/proc/1/ns/user"},{"type":"cgroup"}])", true},
      {"the host's cgroups in sight", R"("namespaces":[{"type":"user"}])", true},
      {"another's cgroup namespace", R"("namespaces":[{"type":"user"},{"type":"cgroup","path":"/p"}])", true},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::string sets = R"({"bounding":["CAP_SYS_ADMIN"]})";
    CHECK(is_closed(with_capabilities(sets, c.namespaces)) == c.closed);
  }
}

TEST_CASE("Open /proc/sys: never for who could leave the cgroup") {
  struct Case {
    const char* why;
    const char* mount;
    bool closed;         // in the host's cgroup namespace
    bool closed_in_own;  // in a new one
  };
  const Case cases[] = {
      {"cgroups, read-only", R"({"type":"cgroup","source":"cgroup","options":["ro","nosuid"]})", false, false},
      {"cgroups, writable", R"({"type":"cgroup","source":"cgroup","options":["nosuid"]})", true, false},
      {"cgroups, both", R"({"type":"cgroup2","source":"cgroup","options":["ro","rw"]})", true, false},
      {"cgroups without options", R"({"type":"cgroup2","source":"cgroup2"})", true, false},
      {"the host's, bound", R"({"type":"bind","source":"/sys/fs/cgroup","options":["rbind","rw"]})", true, true},
      {"bound read-only, which leaves what is below writable",
       R"({"type":"bind","source":"/sys/fs/cgroup","options":["rbind","ro"]})", true, true},
      {"one below", R"({"type":"bind","source":"/sys/fs/cgroup/unified/x","options":["bind"]})", true, true},
      {"one above", R"({"type":"bind","source":"/sys","options":["rbind"]})", true, true},
      {"the root", R"({"type":"none","source":"/","options":["rbind"]})", true, true},
      {"by another spelling", R"({"type":"bind","source":"//sys/./fs/cgroup/"})", true, true},
      {"through ..", R"({"type":"bind","source":"/var/../sys"})", true, true},
      {"a relative source", R"({"type":"bind","source":"x"})", true, true},
      {"a bind by its options alone", R"({"type":"x","source":"/sys","options":["bind"]})", true, true},
      {"a name that begins alike", R"({"type":"bind","source":"/sys/fs/cgroups"})", false, false},
      {"a volume", R"({"type":"bind","source":"/var/lib/x","options":["rbind","rw"]})", false, false},
      {"another filesystem", R"({"type":"sysfs","source":"sysfs","options":["rw"]})", false, false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const std::string mounts = R"("mounts":[{"type":"proc","source":"proc"},)" + std::string(c.mount) + "]";
    CHECK(is_closed("{" + mounts + "}") == c.closed);
    CHECK(is_closed("{" + mounts + R"(,"linux":{"namespaces":[{"type":"cgroup"}]}})") == c.closed_in_own);
    CHECK(is_closed("{" + mounts + R"(,"linux":{"namespaces":[{"type":"cgroup","path":"/p"}]}})") == c.closed);
  }
}

TEST_CASE("Open /proc/sys: an entry of our name that is another program is no guard") {
  const CreateConfig config =
      parsed(R"({"hooks":{"prestart":[{"path":"/x/sysctl-guard-hook","args":["h","--profile","p"]}]}})");
  CHECK_FALSE(sg::oci::runs_hook(config, kHook));
  REQUIRE(sg::oci::find_named_hook(config) != nullptr);
  CHECK(sg::oci::find_named_hook(config)->args.back() == "p");
  CHECK(sg::oci::find_named_hook(parsed(R"({"hooks":{"prestart":[{"path":"/bin/true"}]}})")) == nullptr);
}

TEST_CASE("Open /proc/sys: keys that Go would take for others are refused") {
  for (const char* text :
       {R"({"Hooks":null})", R"({"process":{"Capabilities":{}}})", R"({"linux":{"readonlypaths":[]}})",
        R"({"hooks":{"createRuntime":[{"path":"/a","Path":"/b"}]}})", R"({"Mounts":[]})",
        R"({"hooks":{"createRuntime":[],"CreateRuntime":null}})", R"({"hooks":{"preStart":[]}})",
        R"({"mounts":[{"Source":"/sys"}]})", R"({"linux":{"namespaces":[{"type":"user","Path":"/x"}]}})"}) {
    INFO(text);
    CHECK_FALSE(sg::oci::parse_create_config(text));
  }
}

TEST_CASE("Open /proc/sys: what is hidden stays hidden") {
  for (const char* path : {"/proc/sys", "/proc/sys/", "/proc", "//proc/./", "/"}) {
    INFO(path);
    const std::string text = R"({"linux":{"maskedPaths":[")" + std::string(path) +
                             R"("],"readonlyPaths":["/proc/sys"]}})";
    CHECK(is_closed(text));
    CHECK(parsed(edited(text, /*open=*/true)).readonly_paths.size() == 1);
  }
  CHECK_FALSE(is_closed(R"({"linux":{"maskedPaths":["/proc/kcore","/proc/sys/kernel"]}})"));
}
