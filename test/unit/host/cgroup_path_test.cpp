// SPDX-License-Identifier: Apache-2.0
// cgroup_path_test.cpp - which cgroup is the container's own, on texts as /proc shows them.
//
// The tables of container_cgroup are the contract: every layout that an engine makes, and every
// one where an answer would be a guess. A row whose `path` is empty must be refused.
#include "host/cgroup_path.h"

#include <string>
#include <string_view>
#include <vector>

#include "support/catch.h"

using namespace sg::host;
using sg::Errc;
using sg::Result;

namespace {

struct Row {
  std::string why;
  std::string leaf;
  std::string cgroups_path;
  std::string id;
  std::string path;  // empty: refused
};

constexpr const char* kHook = "/system.slice/engine.service";

void check_row(const Row& row, const std::string& hook = kHook) {
  INFO(row.why);
  INFO("leaf " << row.leaf << ", cgroupsPath '" << row.cgroups_path << "', ID '" << row.id << "'");
  const Result<std::string> got = container_cgroup({row.leaf, row.cgroups_path, row.id, hook});
  if (row.path.empty()) {
    REQUIRE_FALSE(got);
    CHECK(got.error().code == Errc::kUnsupported);
    CHECK_FALSE(got.error().message.empty());
    CHECK_FALSE(got.error().hint.empty());
    return;
  }
  INFO((got ? std::string("found") : got.error().message));
  REQUIRE(got);
  CHECK(*got == row.path);
}

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    check_row(row);
  }
}

}  // namespace

TEST_CASE("ProcCgroup: the path is the rest of the 0:: line") {
  struct Case {
    std::string why;
    std::string text;
    std::string path;
  };
  const Case cases[] = {
      {"pure v2", "0::/a/b\n", "/a/b"},
      {"the root", "0::/\n", "/"},
      {"hybrid: after the v1 lines", "9:name=systemd:/x\n1:cpu:/y\n0::/z\n", "/z"},
      {"the order does not matter", "0::/z\n1:cpu:/y\n", "/z"},
      {"colons and blanks are part of a name", "0::/a:b/c d\n", "/a:b/c d"},
      {"a process outside the namespace", "0::/../x\n", "/../x"},
      {"10:: is another hierarchy", "10::/no\n0::/yes\n", "/yes"},
      {"0: with controllers is not the v2 line", "0:cpu:/no\n0::/yes\n", "/yes"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Result<std::string> path = parse_proc_cgroup(c.text);
    REQUIRE(path);
    CHECK(*path == c.path);
  }
}

TEST_CASE("ProcCgroup: what names no cgroup v2 path is an error") {
  struct Case {
    std::string why;
    std::string text;
    Errc code;
  };
  const Case cases[] = {
      {"empty", "", Errc::kUnsupported},
      {"pure v1", "2:cpu:/x\n1:name=systemd:/y\n", Errc::kUnsupported},
      {"the line must begin with 0::", " 0::/x\n", Errc::kUnsupported},
      {"inside another line", "1:cpu:/a 0::/x\n", Errc::kUnsupported},
      {"an empty path", "0::\n", Errc::kBadInput},
      {"a relative path", "0::x\n", Errc::kBadInput},
      {"a NUL byte would end the path early", std::string("0::/a\0b\n", 8), Errc::kBadInput},
      {"two lines", "0::/a\n0::/b\n", Errc::kBadInput},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Result<std::string> path = parse_proc_cgroup(c.text);
    REQUIRE_FALSE(path);
    CHECK(path.error().code == c.code);
  }
}

TEST_CASE("Mountinfo: only cgroup2 mounts, in order, with escapes undone") {
  const std::string text =
      "23 1 0:20 / /proc rw,relatime - proc proc rw\n"
      "31 23 0:28 / /sys/fs/cgroup rw,relatime shared:9 - tmpfs tmpfs rw,mode=755\n"
      "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
      "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime shared:10 master:1 - cgroup2 cgroup2 rw\n"
      "42 31 0:38 /a\\040b /mnt/t\\011\\134\\012x rw - cgroup2 none rw,nsdelegate\n"
      "43 31 0:38 /.. /mnt/up rw - cgroup2  rw\n";
  const std::vector<CgroupMount> mounts = parse_cgroup_mounts(text);
  REQUIRE(mounts.size() == 3);
  CHECK(mounts[0].root == "/");
  CHECK(mounts[0].point == "/sys/fs/cgroup/unified");
  CHECK(mounts[1].root == "/a b");
  CHECK(mounts[1].point == "/mnt/t\t\\\nx");
  CHECK(mounts[2].root == "/..");
}

TEST_CASE("Mountinfo: lines that are no mountinfo lines are skipped") {
  struct Case {
    std::string why;
    std::string line;
  };
  const Case cases[] = {
      {"empty", ""},
      {"no dash", "41 31 0:38 / /c rw cgroup2 cgroup2 rw"},
      {"the dash is one of the fixed fields", "41 31 0:38 / - cgroup2 cgroup2 rw"},
      {"nothing after the dash", "41 31 0:38 / /c rw -"},
      {"no super options", "41 31 0:38 / /c rw - cgroup2 none"},
      {"an empty root", "41 31 0:38  /c rw - cgroup2 none rw"},
      {"an empty mount point", "41 31 0:38 /  rw - cgroup2 none rw"},
      {"a relative mount point", "41 31 0:38 / c rw - cgroup2 none rw"},
      {"an ID that is no number", "x 31 0:38 / /c rw - cgroup2 none rw"},
      {"a NUL byte in the mount point", "41 31 0:38 / /c\\000d rw - cgroup2 none rw"},
      {"the type must be equal", "41 31 0:38 / /c rw - cgroup22 none rw"},
      {"the source is not the type", "41 31 0:38 / /c rw - tmpfs cgroup2 rw"},
      {"the first dash counts", "41 31 0:38 / /c rw - tmpfs - cgroup2 none rw"},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(parse_cgroup_mounts(c.line).empty());
    CHECK(parse_cgroup_mounts(c.line + "\n1 2 0:3 / /ok rw - cgroup2 none rw").size() == 1);
  }
}

TEST_CASE("Mountinfo: a backslash without three octal digits stays") {
  const std::pair<std::string, std::string> cases[] = {
      {"/a\\", "/a\\"},         {"/a\\04", "/a\\04"},  {"/a\\048", "/a\\048"},
      {"/a\\400", "/a\\400"},   {"/a\\377", "/a\377"}, {"/\\134040", "/\\040"},
      {"/\\04\\040", "/\\04 "}, {"/\\\\040", "/\\ "},
  };
  for (const auto& [written, meant] : cases) {
    INFO(written);
    const auto mounts = parse_cgroup_mounts("1 2 0:3 / " + written + " rw - cgroup2 none rw\n");
    REQUIRE(mounts.size() == 1);
    CHECK(mounts[0].point == meant);
  }
}

TEST_CASE("Locate: the last mount whose root is the cgroup or above it") {
  struct Case {
    std::string why;
    std::string cgroup;
    std::vector<CgroupMount> mounts;
    std::string path;  // empty: refused
  };
  const Case cases[] = {
      {"pure v2", "/a/b", {{"/", "/sys/fs/cgroup"}}, "/sys/fs/cgroup/a/b"},
      {"the root itself", "/", {{"/", "/sys/fs/cgroup"}}, "/sys/fs/cgroup"},
      {"mounted on /", "/a", {{"/", "/"}}, "/a"},
      {"the root, mounted on /", "/", {{"/", "/"}}, "/"},
      {"the later mount covers", "/a", {{"/", "/one"}, {"/", "/two"}}, "/two/a"},
      {"part of the hierarchy", "/a/b/c", {{"/a/b", "/m"}}, "/m/c"},
      {"exactly the mounted cgroup", "/a/b", {{"/a/b", "/m"}}, "/m"},
      {"a later mount that does not show it", "/a/b", {{"/", "/m"}, {"/x", "/n"}}, "/m/a/b"},
      {"by components, not by text", "/ab", {{"/a", "/m"}}, ""},
      {"only below the mounted one", "/a", {{"/a/b", "/m"}}, ""},
      {"no mounts", "/a", {}, ""},
      {"a mount from outside the namespace", "/a", {{"/..", "/m"}}, ""},
      {"a mount of a removed cgroup", "/a/b", {{"/a//deleted", "/m"}}, ""},
      {"a cgroup outside the namespace", "/../a", {{"/", "/m"}}, ""},
      {"a cgroup with .. inside", "/a/../b", {{"/", "/m"}}, ""},
      {"a relative cgroup", "a", {{"/", "/m"}}, ""},
      {"an empty cgroup", "", {{"/", "/m"}}, ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const Result<std::string> path = locate_cgroup(c.cgroup, c.mounts);
    REQUIRE(static_cast<bool>(path) == !c.path.empty());
    if (path) {
      CHECK(*path == c.path);
    } else {
      CHECK(path.error().code == Errc::kUnsupported);
    }
  }
}

TEST_CASE("ContainerCgroup: an absolute cgroupsPath that is the leaf or above it decides") {
  check_rows({
      {"Docker, cgroupfs", "/docker/c1", "/docker/c1", "c1", "/docker/c1"},
      {"Podman, cgroupfs", "/libpod_parent/libpod-c1", "/libpod_parent/libpod-c1", "c1",
       "/libpod_parent/libpod-c1"},
      {"Podman split", "/u.service/libpod-payload-c1", "/u.service/libpod-payload-c1", "c1",
       "/u.service/libpod-payload-c1"},
      {"crun's delegated cgroup", "/p/c1/sub/leaf", "/p/c1", "c1", "/p/c1"},
      {"it need not contain the ID", "/some/where/leaf", "/some/where", "c1", "/some/where"},
      {"repeated and trailing slashes", "/p/c1/x", "//p///c1//", "c1", "/p/c1"},
      {"above a component that is the ID", "/p/c1", "/p", "c1", "/p"},
      {"by components: /p/c is not above /p/c1", "/p/c1", "/p/c", "zz", ""},
      {"below the leaf names nothing", "/p", "/p/c1", "zz", ""},
      {"not above the leaf: the ID decides", "/q/p/c1", "/p/c1", "c1", "/q/p/c1"},
      {"not above, and no ID there", "/q/p/x", "/p/c1", "c1", ""},
      {"relative, not the leaf's end: the ID decides", "/p/c1", "p", "c1", "/p/c1"},
      {"relative, the whole leaf", "/group", "group", "zz", "/group"},
      {"relative, the leaf's end", "/p/a/group", "a/group", "zz", "/p/a/group"},
      {"relative, by components", "/p/agroup", "group", "zz", ""},
      {"relative, above the leaf", "/p/group/x", "group", "zz", ""},
      {"colons in an absolute path are only colons", "/a:b:c/x", "/a:b:c", "zz", "/a:b:c"},
      {"an absolute path is no systemd name", "/p.slice/b-c.scope", "/p.slice:b:c", "zz", ""},
      {"the root is refused as such", "/p/c1", "/", "c1", ""},
      {"slashes only are the root", "/p/c1", "///", "c1", ""},
  });
}

TEST_CASE("ContainerCgroup: a roundabout cgroupsPath is read as runtimes read it") {
  check_rows({
      {"a '.' component", "/p/c1", "/p/./c1", "zz", "/p/c1"},
      {"a '.' in front and at the end", "/p/c1", "/./p/c1/.", "zz", "/p/c1"},
      {"a '..' component", "/p/c1", "/p/x/../c1", "zz", "/p/c1"},
      {"two of them", "/p/c1", "/x/y/../../p/c1", "zz", "/p/c1"},
      {"the root's parent is the root", "/p/c1", "/../../p/c1", "zz", "/p/c1"},
      {"it leads above the leaf", "/p/c1", "/p/../p", "c1", "/p"},
      {"it leads to the root", "/p/c1", "/p/..", "c1", ""},
      {"it leads to the root by '.'", "/p/c1", "/.", "c1", ""},
      {"dots that are part of a name", "/p/...", "/p/...", "zz", "/p/..."},
      {"names that begin with dots", "/p/..x/.y", "/p/..x/.y", "zz", "/p/..x/.y"},
      {"relative with '..'", "/p/group", "x/../group", "zz", "/p/group"},
      {"relative with '.'", "/p/a/group", "a/./group", "zz", "/p/a/group"},
      {"relative, '..' in front", "/p/group", "../../group", "zz", "/p/group"},
      {"relative with two slashes", "/p/a/group", "a//group", "zz", "/p/a/group"},
      {"relative with a trailing slash", "/p/group", "group/", "zz", "/p/group"},
      {"relative, it leads to where it begins", "/p/group", "group/..", "group", ""},
      {"relative, only '.'", "/p/group", ".", "group", ""},
      {"the other driver's cgroup of a systemd name", "/p/a:b:c", "a:b:x/../../a:b:c", "zz",
       "/p/a:b:c"},
      {"a slice is a unit's name, not a path", "/a.slice/p-x.scope", "x/../a.slice:p:x", "zz", ""},
  });
}

TEST_CASE("ContainerCgroup: where a roundabout cgroupsPath leads elsewhere, the ID is not asked") {
  // The ID is what its author could choose for it: the name of a cgroup above, which others are in.
  check_rows({
      {"'.'", "/victim/x", "/victim/./y", "victim", ""},
      {"'..'", "/victim/x", "/victim/x/../y", "victim", ""},
      {"two slashes", "/victim/x", "/victim//y", "victim", ""},
      {"relative, '.'", "/victim/x", "./y", "victim", ""},
      {"relative, '..'", "/victim/x", "../y", "victim", ""},
      {"relative, two slashes", "/victim/x", "x//y", "victim", ""},
      {"in a name for systemd", "/victim/a.slice/p-x.scope", "a.slice:p:x/./y", "victim", ""},
      {"in its slice", "/victim/a.slice/p-x.scope", "./a.slice:p:x", "victim", ""},
      {"nor the own one", "/p/c1", "/q/./c1", "c1", ""},
      {"control: it leads there", "/victim/x", "/victim/./x", "victim", "/victim/x"},
      {"control: a plain one", "/q/p/c1", "/p/c1", "c1", "/q/p/c1"},
      {"control: slashes in front and at the end", "/q/p/c1", "//p/c1/", "c1", "/q/p/c1"},
  });
}

TEST_CASE("ContainerCgroup: slice:prefix:name names the unit, wherever its slice stands") {
  const std::string user = "/user.slice/user-1000.slice/user@1000.service";
  const std::string pod = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1.slice";
  check_rows({
      {"Podman", "/machine.slice/libpod-c1.scope", "machine.slice:libpod:c1", "zz",
       "/machine.slice/libpod-c1.scope"},
      {"crun's extra leaf", "/machine.slice/libpod-c1.scope/container", "machine.slice:libpod:c1",
       "zz", "/machine.slice/libpod-c1.scope"},
      {"Kubernetes: nested slices", pod + "/cri-containerd-c1.scope",
       "kubepods-burstable-pod1.slice:cri-containerd:c1", "zz", pod + "/cri-containerd-c1.scope"},
      {"not all of the slices", "/kubepods-burstable-pod1.slice/cri-containerd-x.scope",
       "kubepods-burstable-pod1.slice:cri-containerd:x", "c1", ""},
      {"an empty slice is system.slice", "/system.slice/runc-x.scope", ":runc:x", "c1",
       "/system.slice/runc-x.scope"},
      {"or user.slice without root", user + "/user.slice/runc-x.scope", ":runc:x", "c1",
       user + "/user.slice/runc-x.scope"},
      {"an empty slice is no other one", "/machine.slice/runc-x.scope", ":runc:x", "c1", ""},
      {"below the manager of a user", user + "/a.slice/p-x.scope/container", "a.slice:p:x", "c1",
       user + "/a.slice/p-x.scope"},
      {"- is the root slice", "/p-x.scope", "-:p:x", "c1", "/p-x.scope"},
      {"-.slice too", "/p-x.scope/container", "-.slice:p:x", "c1", "/p-x.scope"},
      {"the slice must be right above", "/a.slice/y/p-x.scope", "a.slice:p:x", "c1", ""},
      {"whole components", "/a.slice/p-x.scope2", "a.slice:p:x", "c1", ""},
      {"whole components, the slice too", "/aa.slice/p-x.scope", "a.slice:p:x", "c1", ""},
      {"the highest of two", "/a.slice/p-x.scope/a.slice/p-x.scope", "a.slice:p:x", "c1",
       "/a.slice/p-x.scope"},
      {"an empty prefix", "/a.slice/x.scope", "a.slice::x", "c1", "/a.slice/x.scope"},
      {"an empty prefix whose dash stays", "/a.slice/-x.scope", "a.slice::x", "c1",
       "/a.slice/-x.scope"},
      {"a dash only for an empty prefix", "/a.slice/x.scope", "a.slice:p:x", "c1", ""},
      {"a name that is a slice", "/a.slice/a-b.slice", "a.slice:p:a-b.slice", "c1",
       "/a.slice/a-b.slice"},
      {"a name that is a slice, in crun", "/a.slice/p-b.slice.scope/c", "a.slice:p:b.slice", "c1",
       "/a.slice/p-b.slice.scope"},
      {".slice alone is no slice", "/a.slice/.slice", "a.slice:p:.slice", "c1", ""},
      {"a name with .scope gets another", "/a.slice/p-x.scope.scope", "a.slice:p:x.scope", "c1",
       "/a.slice/p-x.scope.scope"},
      {"the slice alone is never enough", "/a.slice", "a.slice:p:x", "c1", ""},
      {"the unit must exist", "/a.slice/other.scope", "a.slice:p:x", "c1", ""},
      {"a slice without its suffix", "/a/p-x.scope", "a:p:x", "c1", ""},
      {"a double dash", "/a.slice/a-.slice/a--b.slice/p-x.scope", "a--b.slice:p:x", "c1", ""},
      {"a slash in a slice", "/a/b.slice/p-x.scope", "a/b.slice:p:x", "c1", ""},
      {"a slash in a name", "/a.slice/p-x/y.scope", "a.slice:p:x/y", "c1", ""},
      {"an empty name", "/a.slice/p-.scope", "a.slice:p:", "c1", ""},
      {"one colon", "/a.slice/p-x.scope", "a.slice:p-x", "c1", ""},
      {"three colons", "/a.slice/p-x.scope", "a.slice:p:x:y", "c1", ""},
      {"the other driver makes a cgroup of that name", "/b.slice/a.slice:p:x", "a.slice:p:x", "zz",
       "/b.slice/a.slice:p:x"},
      {"of all of that name", "/b.slice/ba.slice:p:x", "a.slice:p:x", "zz", ""},
      {"and nothing below it", "/b.slice/a.slice:p:x/y", "a.slice:p:x", "zz", ""},
      {"the unit before such a cgroup", "/a.slice/p-x.scope/a.slice:p:x", "a.slice:p:x", "zz",
       "/a.slice/p-x.scope"},
      {"it does not fit: the ID decides", "/b.slice/docker-c1.scope", "a.slice:docker:c1", "c1",
       "/b.slice/docker-c1.scope"},
      {"its prefix counts for the ID", "/b.slice/mine-c1.scope", "a.slice:mine:x", "c1",
       "/b.slice/mine-c1.scope"},
      {"another prefix does not", "/b.slice/other-c1.scope", "a.slice:mine:x", "c1", ""},
  });
}

TEST_CASE("ContainerCgroup: without cgroupsPath the highest component that is the ID decides") {
  check_rows({
      {"the ID", "/c1", "", "c1", "/c1"},
      {"below another", "/a/c1", "", "c1", "/a/c1"},
      {"and with cgroups below it", "/a/c1/b/c", "", "c1", "/a/c1"},
      {"ID.scope", "/a.slice/c1.scope", "", "c1", "/a.slice/c1.scope"},
      {"libpod", "/m.slice/libpod-c1.scope/container", "", "c1", "/m.slice/libpod-c1.scope"},
      {"libpod-payload", "/u.service/libpod-payload-c1", "", "c1", "/u.service/libpod-payload-c1"},
      {"docker", "/system.slice/docker-c1.scope", "", "c1", "/system.slice/docker-c1.scope"},
      {"cri-containerd", "/k/cri-containerd-c1.scope", "", "c1", "/k/cri-containerd-c1.scope"},
      {"crio", "/k/crio-c1", "", "c1", "/k/crio-c1"},
      {"crun", "/crun-c1.scope/container", "", "c1", "/crun-c1.scope"},
      {"runc", "/system.slice/runc-c1.scope", "", "c1", "/system.slice/runc-c1.scope"},
      {"nerdctl", "/system.slice/nerdctl-c1.scope", "", "c1", "/system.slice/nerdctl-c1.scope"},
      {"containerd", "/containerd-c1", "", "c1", "/containerd-c1"},
      {"conmon is another process", "/m.slice/libpod-conmon-c1.scope", "", "c1", ""},
      {"an unknown prefix", "/x-c1", "", "c1", ""},
      {"the highest of two", "/docker-c1.scope/c1", "", "c1", "/docker-c1.scope"},
      {"a substring in front", "/c12", "", "c1", ""},
      {"a substring inside", "/docker-c1-x.scope", "", "c1", ""},
      {"the ID 'user' is not user.slice", "/user.slice/user-1.slice/s.scope", "", "user", ""},
      {"the ID 'user' itself", "/user.slice/user", "", "user", "/user.slice/user"},
      {"a dash in the ID", "/x/a-b", "", "a-b", "/x/a-b"},
      {"half of an ID with a dash", "/x/a-b", "", "b", ""},
      {"an ID like a pattern", "/x/aXb", "", "a.b", ""},
      {"an ID like a pattern, itself", "/x/a.*+b", "", "a.*+b", "/x/a.*+b"},
      {"'.*' is no pattern", "/x/y", "", ".*", ""},
      {"an ID with a slash", "/a/b", "", "a/b", ""},
      {"an empty ID", "/a/-.scope", "", "", ""},
      {"an empty ID and a known prefix", "/docker-", "", "", ""},
      {"a slice is shared, whatever the ID", "/user.slice/s.scope", "", "user.slice", ""},
      {"a prefixed slice too", "/docker-a.slice/x", "", "a.slice", ""},
      {"an ID that ends like a scope", "/a/c1.scope", "", "c1.scope", "/a/c1.scope"},
  });
}

TEST_CASE("ContainerCgroup: the root, a foreign namespace and odd paths are refused") {
  check_rows({
      {"the root", "/", "", "c1", ""},
      {"the root, named by cgroupsPath", "/", "/", "c1", ""},
      {"the root, whatever cgroupsPath says", "/", "/c1", "c1", ""},
      {"outside the namespace", "/..", "", "c1", ""},
      {"outside the namespace, with the ID", "/../c1", "", "c1", ""},
      {"the ID is '..'", "/../c1", "", "..", ""},
      {"outside the namespace, with cgroupsPath", "/../c1", "/../c1", "zz", ""},
      {"'..' further down", "/a/../c1", "", "c1", ""},
      {"a '.' component", "/./c1", "", "c1", ""},
      {"an empty component", "//c1", "", "c1", ""},
      {"a slash at the end", "/c1/", "", "c1", ""},
      {"relative", "c1", "", "c1", ""},
      {"empty", "", "", "c1", ""},
      {"a NUL byte", std::string("/c1\0x", 5), "/c1", "c1", ""},
      {"dots in front are part of a name", "/..c/c1", "", "c1", "/..c/c1"},
      {"neither fits", "/a/b", "", "c1", ""},
  });
}

TEST_CASE("ContainerCgroup: a cgroupsPath is read up to the longest path, in time") {
  const std::string longest = "/p/c1" + std::string(4096 - 5, '/');
  CHECK(container_cgroup({"/p/c1", longest, "zz", "/"}));
  const Result<std::string> past = container_cgroup({"/p/c1", longest + "/", "c1", "/"});
  REQUIRE_FALSE(past);
  CHECK(past.error().message.find("longer than the limit of 4096 bytes") != std::string::npos);
  std::string slices = "a";
  while (slices.size() < (std::size_t{16} << 20)) {
    slices += "-a";
  }
  // Each dash would make a slice of all that stands before it.
  CHECK_FALSE(container_cgroup({"/p/c1", slices + ".slice:p:x", "c1", "/"}));
}

TEST_CASE("ContainerCgroup: the root's message says what to do") {
  const Result<std::string> got = container_cgroup({"/", "", "c1", "/"});
  REQUIRE_FALSE(got);
  CHECK(got.error().message.find("the container shares the root cgroup") != std::string::npos);
  CHECK(got.error().hint ==
        "give the container a cgroup of its own (cgroups=disabled is not supported)");
}

TEST_CASE("ContainerCgroup: unprintable bytes are escaped in messages") {
  const Result<std::string> got = container_cgroup({"/a\nb", "x\ny", "c\x1b", "/"});
  REQUIRE_FALSE(got);
  for (const char c : got.error().message) {
    CHECK((c >= 0x20 && c <= 0x7e));
  }
}

TEST_CASE("ContainerCgroup: the hook's own cgroup and those above it are refused") {
  struct Case {
    std::string why;
    std::string hook;
    Row row;
  };
  const Case cases[] = {
      {"the hook in the same", "/a/c1", {"", "/a/c1", "", "c1", ""}},
      {"the hook below", "/a/c1/b", {"", "/a/c1", "", "c1", ""}},
      {"the hook below, the leaf too", "/a/c1/b", {"", "/a/c1/x", "", "c1", ""}},
      {"named by cgroupsPath", "/a/b", {"", "/a/c1", "/a", "c1", ""}},
      {"named by systemd",
       "/a.slice/p-x.scope/e",
       {"", "/a.slice/p-x.scope", "a.slice:p:x", "", ""}},
      {"no lower component instead", "/c1/e", {"", "/c1/sub/c1", "", "c1", ""}},
      {"the hook above", "/a", {"", "/a/c1", "", "c1", "/a/c1"}},
      {"the hook beside", "/a/c2", {"", "/a/c1", "", "c1", "/a/c1"}},
      {"the hook beside, with a longer name", "/a/c12", {"", "/a/c1", "", "c1", "/a/c1"}},
      {"the hook in the root", "/", {"", "/c1", "", "c1", "/c1"}},
      {"the hook outside its namespace", "/../e", {"", "/c1", "", "c1", "/c1"}},
      {"the hook's cgroup is unknown", "", {"", "/c1", "", "c1", ""}},
      {"the hook's cgroup is no path", "c1", {"", "/c1", "", "c1", ""}},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    INFO("hook " << c.hook);
    check_row(c.row, c.hook);
  }
}

TEST_CASE("ContainerCgroup: the answer is always the leaf or above it, and never the root") {
  const std::string pieces[] = {"a", "c1", "a.slice", "p-c1.scope", "..", "."};
  const std::string paths[] = {"", "/", "/a", "/a/c1", "a.slice:p:c1", "-:p:c1", ":p:c1", "/a/.."};
  for (const std::string& x : pieces) {
    for (const std::string& y : pieces) {
      for (const std::string& z : pieces) {
        for (const std::string& named : paths) {
          const std::string leaf = "/" + x + "/" + y + "/" + z;
          INFO(leaf << " " << named);
          const Result<std::string> got = container_cgroup({leaf, named, "c1", "/engine"});
          if (got) {
            CHECK(got->size() > 1);
            CHECK((leaf + "/").substr(0, got->size() + 1) == *got + "/");
          }
        }
      }
    }
  }
}
