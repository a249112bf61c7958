// SPDX-License-Identifier: Apache-2.0
// find_program_test.cpp - which runtime is found, and that it is never the program itself.
#include "host/find_program.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>
#include <unistd.h>

#include "support/catch.h"

namespace fs = std::filesystem;
using sg::Result;

namespace {

// A directory of its own for each test, gone afterwards.
struct Tree {
  fs::path top = fs::temp_directory_path() / ("sysctl-guard-find-" + std::to_string(::getpid()));
  Tree() {
    fs::remove_all(top);
    fs::create_directory(top);
  }
  ~Tree() { fs::remove_all(top); }
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;

  std::string put(const std::string& name, const std::string& text, mode_t mode = 0755) const {
    fs::create_directories((top / name).parent_path());
    std::ofstream(top / name) << text;
    REQUIRE(::chmod((top / name).c_str(), mode) == 0);
    return top / name;
  }
};

const std::string kElf = "\177ELF and more";

std::string found(const std::string& configured, const std::string& path,
                  std::string_view trusted = "/nowhere") {
  const std::array<std::string_view, 1> directories = {trusted};
  const Result<std::string> runtime = sg::host::find_runtime(configured, path, directories);
  return runtime ? *runtime : "error: " + runtime.error().message;
}

}  // namespace

TEST_CASE("Find runtime: trusted directories before PATH, runc before crun") {
  const Tree tree;
  const std::string a = tree.top / "a";
  const std::string b = tree.top / "b";
  CHECK(found("", a + ":" + b) == "error: no runtime: neither runc nor crun is installed");
  const std::string crun = tree.put("b/crun", kElf);
  CHECK(found("", a + ":" + b) == crun);
  CHECK(found("", a, b) == crun);
  const std::string runc = tree.put("b/runc", kElf);
  CHECK(found("", b) == runc);
  const std::string first = tree.put("a/crun", kElf);
  CHECK(found("", a + ":" + b) == first);
  CHECK(found("", a, b) == runc);
  CHECK(found(crun, a, b) == crun);
}

TEST_CASE("Find runtime: what is passed over") {
  const Tree tree;
  const std::string dir = tree.top / "a";
  const std::string none = "error: no runtime: neither runc nor crun is installed";
  tree.put("a/runc", kElf, 0644);
  CHECK(found("", dir) == none);
  tree.put("a/runc", "#!/bin/sh\n");
  CHECK(found("", dir) == none);
  tree.put("a/runc", "");
  CHECK(found("", dir) == none);
  fs::remove(tree.top / "a/runc");
  fs::create_directory(tree.top / "a/runc");
  CHECK(found("", dir) == none);
  tree.put("a/crun", kElf);
  CHECK(found("", dir) == dir + "/crun");
  // Relative parts of PATH, the empty one too, depend on who started us.
  const fs::path before = fs::current_path();
  fs::current_path(tree.top);
  CHECK(found("", "a::.:./a") == none);
  fs::current_path(before);
}

TEST_CASE("Find runtime: never this program, by whatever name") {
  const Tree tree;
  const std::string dir = tree.top;
  const std::string none = "error: no runtime: neither runc nor crun is installed";
  fs::create_symlink("/proc/self/exe", tree.top / "runc");
  CHECK(found("", dir) == none);
  CHECK(found(dir + "/runc", "") == "error: runtime '" + dir + "/runc': it is this program itself");
  fs::remove(tree.top / "runc");
  fs::copy_file("/proc/self/exe", tree.top / "runc");
  CHECK(found("", dir) == none);
  CHECK(found(dir + "/runc", "") == "error: runtime '" + dir + "/runc': it is this program itself");
  // One byte makes it another program.
  std::fstream(tree.top / "runc", std::ios::in | std::ios::out).seekp(100).put('\377').put('\376');
  CHECK(found("", dir) == dir + "/runc");
}

TEST_CASE("Find runtime: a configured one is taken as it is, or refused") {
  const Tree tree;
  const std::string script = tree.put("wrapper", "#!/bin/sh\n");
  CHECK(found(script, "") == script);
  tree.put("wrapper", "#!/bin/sh\n", 0644);
  tree.put("runc", kElf);
  CHECK(found(script, tree.top) == "error: runtime '" + script + "': it is not executable");
  CHECK(found(tree.top / "no", tree.top).find("it is not executable") != std::string::npos);
}

TEST_CASE("Find hook: in libexec or beside, and only root's") {
  const Tree tree;
  const std::string program = tree.top / "usr/bin/sysctl-guard-runtime";
  fs::create_directories(tree.top / "usr/bin");
  const auto hook = [&program] {
    const Result<std::string> path = sg::host::find_hook(program);
    return path ? *path : "error: " + path.error().message;
  };
  CHECK(hook().find("it is not there") != std::string::npos);
  if (::geteuid() != 0) {
    tree.put("usr/bin/sysctl-guard-hook", kElf);
    CHECK(hook().find("others than root can write it") != std::string::npos);
    return;
  }
  const std::string beside = tree.put("usr/bin/sysctl-guard-hook", kElf);
  CHECK(hook() == beside);
  const std::string libexec = tree.put("usr/libexec/oci/hooks.d/sysctl-guard-hook", kElf);
  CHECK(hook() == libexec);
  for (const mode_t mode : {0775, 0757}) {
    REQUIRE(::chmod(libexec.c_str(), mode) == 0);
    CHECK(hook().find("others than root can write it") != std::string::npos);
  }
  REQUIRE(::chmod(libexec.c_str(), 0644) == 0);
  CHECK(hook().find("it is not executable") != std::string::npos);
  REQUIRE(::chmod(libexec.c_str(), 0755) == 0);
  REQUIRE(::chown(libexec.c_str(), 1, 0) == 0);
  CHECK(hook().find("others than root can write it") != std::string::npos);
  REQUIRE(::chown(libexec.c_str(), 0, 0) == 0);
  REQUIRE(::chmod((tree.top / "usr/libexec").c_str(), 0777) == 0);
  CHECK(hook().find("others than root can write its directory") != std::string::npos);
  REQUIRE(::chmod((tree.top / "usr/libexec").c_str(), 0755) == 0);
  CHECK(hook() == libexec);
  fs::remove(libexec);
  fs::create_directory(libexec);
  CHECK(hook().find("it is not executable") != std::string::npos);
  fs::remove(libexec);
  fs::create_symlink(beside, libexec);
  CHECK(hook() == beside);
}
