// SPDX-License-Identifier: Apache-2.0
// stay_closed_test.cpp - who is never opened, each reason beside a container that it does not
// concern.
#include "request/stay_closed.h"

#include <string>

#include "support/catch.h"
#include "support/create_documents.h"

using sg::oci::CreateConfig;
using sg::request::HostPlaces;
using sg::test::apart;
using sg::test::Container;
using sg::test::parsed;
using sg::test::text_of;
using sg::test::without_host_root;

namespace {

HostPlaces host() {
  return {.cgroup_mounts = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"},
          .proc_mounts = {"/proc", "/srv/chroot/proc"},
          .covers_proc = true};
}

std::string reason(const Container& container) {
  return sg::request::reason_to_stay_closed(parsed(text_of(container)), host());
}

bool is_closed(const Container& container) { return !reason(container).empty(); }

}  // namespace

TEST_CASE("Stay closed: nothing is against an ordinary container") {
  CHECK(reason({}) == "");
  CHECK(reason(apart()) == "");
}

TEST_CASE("Stay closed: who lacks the host's root, and who is apart") {
  struct Case {
    Container container;
    bool lacks_host_root;
    bool is_apart;
  };
  const Case cases[] = {{{}, false, false},
                        {without_host_root(), true, false},
                        {without_host_root("0"), false, false},
                        {apart(), true, true},
                        {apart("0"), false, false}};
  for (const Case& c : cases) {
    const CreateConfig config = parsed(text_of(c.container));
    INFO(c.container.namespaces << c.container.mappings);
    CHECK(sg::request::lacks_host_root(config) == c.lacks_host_root);
    CHECK(sg::request::is_apart(config) == c.is_apart);
  }
}

TEST_CASE("Stay closed: never for who could undo the guard") {
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
      {"the kernel's modules", R"({"bounding":["CAP_SYS_MODULE"]})", true},
      {"raw memory", R"({"bounding":["CAP_SYS_RAWIO"]})", true},
      {"the runtime's own process", R"({"bounding":["CAP_SYS_PTRACE"]})", true},
      {"files by their handle", R"({"effective":["CAP_DAC_READ_SEARCH"]})", true},
      {"another kernel", R"({"permitted":["CAP_SYS_BOOT"]})", true},
      {"BPF and PERFMON", R"({"bounding":["CAP_PERFMON","CAP_BPF"]})", true},
      {"PERFMON alone", R"({"bounding":["CAP_PERFMON"]})", false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Container container;
    container.capabilities = c.sets;
    CHECK(is_closed(container) == c.closed);
    Container harmless = apart();
    harmless.capabilities = c.sets;
    CHECK_FALSE(is_closed(harmless));
  }
}

TEST_CASE(
    "Stay closed: new user and cgroup namespaces together, without the host's root, make "
    "capabilities harmless") {
  struct Case {
    const char* why;
    const char* namespaces;
    const char* mappings;
    bool closed;
  };
  constexpr const char* kUsers = R"(,"uidMappings":[{"containerID":0,"hostID":100000,"size":65536}],
                                      "gidMappings":[{"containerID":0,"hostID":100000,"size":65536}])";
  const Case cases[] = {
      {"none", R"({"type":"network"})", "", true},
      {"new ones", R"({"type":"user"},{"type":"cgroup"})", kUsers, false},
      {"new ones, path empty", R"({"type":"user","path":""},{"type":"cgroup","path":""})", kUsers,
       false},
      {"one by path", R"({"type":"user","path":"/proc/1/ns/user"},{"type":"cgroup"})", kUsers,
       true},
      {"the host's cgroups in sight", R"({"type":"user"})", kUsers, true},
      {"another's cgroup namespace", R"({"type":"user"},{"type":"cgroup","path":"/p"})", kUsers,
       true},
      {"no mappings", R"({"type":"user"},{"type":"cgroup"})", "", true},
      {"the identity", R"({"type":"user"},{"type":"cgroup"})",
       R"(,"uidMappings":[{"hostID":0,"size":4294967295}],"gidMappings":[{"hostID":0,"size":4294967295}])",
       true},
      {"the host's root as another one", R"({"type":"user"},{"type":"cgroup"})",
       R"(,"uidMappings":[{"hostID":1,"size":1},{"hostID":0,"size":1}],"gidMappings":[{"hostID":1,"size":1}])",
       true},
      {"the host's root group", R"({"type":"user"},{"type":"cgroup"})",
       R"(,"uidMappings":[{"hostID":1,"size":9}],"gidMappings":[{"containerID":0,"hostID":0,"size":1}])",
       true},
      {"a mapping of nothing", R"({"type":"user"},{"type":"cgroup"})",
       R"(,"uidMappings":[{"hostID":1,"size":9},{"hostID":0,"size":0}],"gidMappings":[{"hostID":1,"size":9}])",
       true},
      {"users alone: crun maps the host's groups", R"({"type":"user"},{"type":"cgroup"})",
       R"(,"uidMappings":[{"hostID":1,"size":9}])", true},
      {"groups alone: crun maps the host's root", R"({"type":"user"},{"type":"cgroup"})",
       R"(,"gidMappings":[{"hostID":1,"size":9}])", true},
      {"an empty list beside one", R"({"type":"user"},{"type":"cgroup"})",
       R"(,"uidMappings":[],"gidMappings":[{"hostID":1,"size":9}])", true},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Container container;
    container.capabilities = R"({"bounding":["CAP_SYS_ADMIN"]})";
    container.namespaces +=
        "," + std::string(c.namespaces == std::string(R"({"type":"network"})") ? R"({"type":"ipc"})"
                                                                               : c.namespaces);
    container.mappings = c.mappings;
    CHECK(is_closed(container) == c.closed);
  }
}

TEST_CASE("Stay closed: never for who could reach the host's processes") {
  Container container;
  container.namespaces = R"({"type":"mount"})";
  CHECK(reason(container) == "the container has no new PID namespace, and could leave the guard");
  container.namespaces = R"({"type":"mount"},{"type":"pid","path":"/proc/7/ns/pid"})";
  CHECK(is_closed(container));
  container.namespaces = R"({"type":"mount"},{"type":"pid","path":""})";
  CHECK_FALSE(is_closed(container));
  Container harmless = apart();
  harmless.namespaces.replace(0, harmless.namespaces.find(',') + 1, "");
  CHECK_FALSE(is_closed(harmless));
  struct Case {
    const char* source;
    bool closed;
  };
  const Case cases[] = {{"/proc", true},
                        {"/", true},
                        {"/proc/1/root", true},
                        {"/srv/chroot", true},
                        {"/srv/chroot/proc/sys", true},
                        {"/srv", true},
                        {"/processes", false},
                        {"/var/lib/x", false},
                        {"/var/../proc", true},
                        {"proc", true}};
  for (const Case& c : cases) {
    INFO(c.source);
    Container bound;
    bound.mounts +=
        R"(,{"destination":"/mnt","type":"bind","source":")" + std::string(c.source) + R"("})";
    CHECK(is_closed(bound) == c.closed);
    Container rooted;
    rooted.root = c.source;
    CHECK(is_closed(rooted) == (c.closed && std::string(c.source) != "proc"));
  }
  Container above;
  above.root = "/sys/fs/cgroup";
  CHECK(is_closed(above));
  above.root = "../..";
  CHECK(is_closed(above));
  above.root = "rootfs";
  CHECK_FALSE(is_closed(above));
}

TEST_CASE("Stay closed: never where the createContainer stage could not lock it") {
  struct Case {
    const char* why;
    const char* mounts;
    bool closed;
  };
  const Case cases[] = {
      {"no procfs", R"({"destination":"/tmp","type":"tmpfs"})", true},
      {"a procfs elsewhere", R"({"destination":"/p","type":"proc"})", true},
      {"another spelling", R"({"destination":"proc/","type":"proc"})", false},
      {"one that is bound", R"({"destination":"/proc","type":"bind","source":"/var/x"})", true},
      {"one that is bound by its options",
       R"({"destination":"/proc","type":"proc","source":"/var/x","options":["rbind"]})", true},
      {"covered", R"({"destination":"/proc","type":"proc"},{"destination":"/proc","type":"tmpfs"})",
       true},
      {"covered from above",
       R"({"destination":"/proc","type":"proc"},{"destination":"/","type":"tmpfs"})", true},
      {"something on sys",
       R"({"destination":"/proc","type":"proc"},{"destination":"/proc/sys/fs/binfmt_misc","type":"binfmt_misc"})",
       true},
      {"something beside it",
       R"({"destination":"/proc","type":"proc"},{"destination":"/proc/driver","type":"tmpfs"})",
       false},
      {"something nobody knows where",
       R"({"destination":"/proc","type":"proc"},{"destination":"/x/../proc/sys","type":"tmpfs"})",
       true},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Container container;
    container.mounts = c.mounts;
    CHECK(is_closed(container) == c.closed);
  }
  for (const auto& [version, closed] :
       {std::pair("1.0.1", true), std::pair("1.0.1-dev", true), std::pair("0.9", true),
        std::pair("1.0.2-dev", false), std::pair("1.0.2", false), std::pair("1.2.0", false),
        std::pair("2.0.0-rc.1", false), std::pair("x", true)}) {
    INFO(version);
    Container container;
    container.version = version;
    CHECK(is_closed(container) == closed);
  }
}

TEST_CASE("Stay closed: never where a nested procfs could show it again") {
  HostPlaces bare = host();
  bare.covers_proc = false;
  CHECK(sg::request::reason_to_stay_closed(parsed(text_of({})), bare)
            .starts_with("nothing else below /proc is masked"));
}

TEST_CASE("Stay closed: never for who could leave the cgroup") {
  struct Case {
    const char* why;
    const char* mount;
    bool closed;         // in the host's cgroup namespace
    bool closed_in_own;  // in a new one
  };
  const Case cases[] = {
      {"cgroups, read-only", R"({"type":"cgroup","source":"cgroup","options":["ro","nosuid"]})",
       false, false},
      {"cgroups, writable", R"({"type":"cgroup","source":"cgroup","options":["nosuid"]})", true,
       false},
      {"cgroups, both", R"({"type":"cgroup2","source":"cgroup","options":["ro","rw"]})", true,
       false},
      {"cgroups without options", R"({"type":"cgroup2","source":"cgroup2"})", true, false},
      {"cgroups, recursively read-only, which runc passes over",
       R"({"type":"cgroup","options":["rro"]})", true, false},
      {"cgroups, read-only and recursively writable", R"({"type":"cgroup","options":["ro","rrw"]})",
       true, false},
      {"cgroups upon cgroups",
       R"({"type":"cgroup","options":["ro"]},{"destination":"/mnt","type":"cgroup","options":["ro"]})",
       true, true},
      {"the host's, bound", R"({"type":"bind","source":"/sys/fs/cgroup","options":["rbind","rw"]})",
       true, true},
      {"bound read-only, which leaves what is below writable",
       R"({"type":"bind","source":"/sys/fs/cgroup","options":["rbind","ro"]})", true, true},
      {"one below", R"({"type":"bind","source":"/sys/fs/cgroup/unified/x","options":["bind"]})",
       true, true},
      {"one above", R"({"type":"bind","source":"/sys","options":["rbind"]})", true, true},
      {"the root", R"({"type":"none","source":"/","options":["rbind"]})", true, true},
      {"by another spelling", R"({"type":"bind","source":"//sys/./fs/cgroup/"})", true, true},
      {"through ..", R"({"type":"bind","source":"/var/../sys"})", true, true},
      {"a relative source", R"({"type":"bind","source":"x"})", true, true},
      {"a bind by its options alone", R"({"type":"x","source":"/sys","options":["bind"]})", true,
       true},
      {"a name that begins alike", R"({"type":"bind","source":"/sys/fs/cgroups"})", false, false},
      {"a volume", R"({"type":"bind","source":"/var/lib/x","options":["rbind","rw"]})", false,
       false},
      {"another filesystem", R"({"type":"sysfs","source":"sysfs","options":["rw"]})", false, false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    Container container;
    std::string mount = c.mount;
    container.mounts += "," + mount.replace(0, 1, R"({"destination":"/mnt",)");
    CHECK(is_closed(container) == c.closed);
    const std::string own = container.namespaces;
    container.namespaces = own + R"(,{"type":"cgroup"})";
    CHECK(is_closed(container) == c.closed_in_own);
    container.namespaces = own + R"(,{"type":"cgroup","path":"/p"})";
    CHECK(is_closed(container) == c.closed);
  }
}

TEST_CASE("Stay closed: never where a runtime binds the host's in place of what it may not mount") {
  constexpr const char* kCgroups = R"({"destination":"/c","type":"cgroup","options":["ro"]})";
  constexpr const char* kSysfs = R"({"destination":"/s","type":"sysfs","options":["ro"]})";
  struct Case {
    const char* why;
    const char* mount;
    const char* namespaces;  // beside those of PIDs and mounts
    bool closed;             // where the host's root is mapped
    bool closed_apart;
  };
  const Case cases[] = {
      {"cgroups, no user namespace", kCgroups, R"({"type":"network"})", false, false},
      {"cgroups, a user namespace", kCgroups, R"({"type":"user"})", true, true},
      {"cgroups, another's user namespace", kCgroups, R"({"type":"user","path":"/p"})", true, true},
      {"cgroups, a user namespace and its own view", kCgroups,
       R"({"type":"user"},{"type":"cgroup"})", false, false},
      {"a sysfs, no user namespace", kSysfs, R"({"type":"network"})", false, false},
      {"a sysfs, a user namespace alone", kSysfs, R"({"type":"user"},{"type":"cgroup"})", true,
       true},
      {"a sysfs, and a network", kSysfs, R"({"type":"user"},{"type":"cgroup"},{"type":"network"})",
       true, false},
      {"a sysfs, and another's network", kSysfs,
       R"({"type":"user"},{"type":"cgroup"},{"type":"network","path":"/p"})", true, true},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    for (const auto& [host_id, closed] :
         {std::pair("0", c.closed), std::pair("100000", c.closed_apart)}) {
      Container container = apart(host_id);
      container.namespaces = R"({"type":"pid"},{"type":"mount"},)" + std::string(c.namespaces);
      container.mounts += "," + std::string(c.mount);
      CHECK(is_closed(container) == closed);
    }
  }
}

TEST_CASE("Stay closed: where another program could be run in the hook's place") {
  for (const Container& kind : {Container{}, apart()}) {
    Container container = kind;
    const std::size_t mount = container.namespaces.find(R"({"type":"mount"})");
    REQUIRE(mount != std::string::npos);
    container.namespaces.replace(mount, 16, R"({"type":"mount","path":"/proc/7/ns/mnt"})");
    CHECK(reason(container).find("no new mount namespace") != std::string::npos);
    container.namespaces = kind.namespaces;
    container.namespaces.replace(mount, 16, R"({"type":"time"})");
    CHECK(reason(container).find("no new mount namespace") != std::string::npos);
    HostPlaces places = host();
    places.root_holds_hook = true;
    CHECK(sg::request::reason_to_stay_closed(parsed(text_of(kind)), places)
              .find("holds the hook's directory") != std::string::npos);
  }
}

TEST_CASE("Stay closed: what else is read-only at, above or below /proc/sys stays so") {
  struct Case {
    const char* path;
    bool closed;
  };
  const Case cases[] = {{"/proc/sys/net", true},
                        {"/proc/sys/net/ipv4/ip_forward", true},
                        {"/proc", true},
                        {"//proc/./sys/net", true},
                        {"/", true},
                        {"/proc/../proc/sys/net", true},
                        {"proc/sys/net", true},
                        {"/proc/sys/", false},
                        {"/proc/sysrq-trigger", false},
                        {"/proc/sys/kernel/ns_last_pid", false}};
  for (const Case& c : cases) {
    INFO(c.path);
    CreateConfig config = parsed(text_of({}));
    config.config.readonly_paths.emplace_back(c.path);
    CHECK(sg::request::reason_to_stay_closed(config, host()).empty() == !c.closed);
  }
}

TEST_CASE("Stay closed: what is hidden stays hidden") {
  for (const char* path : {"/proc/sys", "/proc/sys/", "/proc", "//proc/./", "/"}) {
    INFO(path);
    Container container;
    container.masked = "\"" + std::string(path) + "\"";
    CHECK(reason(container) == "it is among the masked paths");
  }
  Container below;
  below.masked = R"("/proc/kcore","/proc/sys/kernel")";
  CHECK_FALSE(is_closed(below));
}
