// SPDX-License-Identifier: Apache-2.0
// hooks_directories_test.cpp - where an engine looks for hooks.
#include "engines/hooks_directories.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "base/file_write.h"
#include "engines/engine.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::engines::Engine;
using sg::engines::hooks_directories;
using sg::engines::hooks_directory;
using sg::host::RootDir;
using sg::test::TempDir;
using List = std::vector<std::string>;

namespace {

const sg::engines::Engine& kPodman = *sg::engines::find_engine("podman");
const sg::engines::Engine& kCrio = *sg::engines::find_engine("cri-o");
const std::string kDefault = "/usr/share/containers/oci/hooks.d";

List directories_of(const RootDir& root, const Engine& engine) {
  const auto directories = hooks_directories(root, *engine.hooks_d);
  return directories ? *directories : List{"error: " + directories.error().message};
}

std::string directory_of(const RootDir& root, const Engine& engine) {
  const auto directory = hooks_directory(root, *engine.hooks_d);
  return directory ? *directory : "error: " + directory.error().message;
}

}  // namespace

TEST_CASE("Engine configuration: the default directory where nothing is set") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(directories_of(root, kPodman) == List{kDefault});
  CHECK(directories_of(root, kCrio) == List{kDefault});
  CHECK(directory_of(root, kPodman) == kDefault);
  CHECK(sg::engines::readers_of(root, kDefault, kPodman)->empty());
}

TEST_CASE("Engine configuration: a later file wins, drop-ins in the order of their names") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/usr/share/containers/containers.conf",
                           "[engine]\nhooks_dir = [\"/a\"]\n"));
  CHECK(directories_of(root, kPodman) == List{"/a"});
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf",
                           "[engine]\nhooks_dir = [\"" + kDefault + "\", \"/b\"]\n"));
  CHECK(directory_of(root, kPodman) == kDefault);
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/20.conf",
                           "[engine]\nhooks_dir = [\"/c\", \"/d\"]\n"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/10.conf",
                           "[engine]\nhooks_dir = [\"/e\"]\n"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/90.txt",
                           "[engine]\nhooks_dir = [\"/f\"]\n"));
  CHECK(directories_of(root, kPodman) == List{"/c", "/d"});
  CHECK(directory_of(root, kPodman) == "/d");
  CHECK(directory_of(root, kCrio) == kDefault);
}

TEST_CASE("Engine configuration: CRI-O's own, and one that names no directory") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(
      sg::replace_file(dir.path() + "/etc/crio/crio.conf",
                       "[crio.runtime]\n# hooks_dir = [\"/no\"]\nhooks_dir = [\n  \"/h\",\n]\n"));
  CHECK(*sg::engines::readers_of(root, "/h/", kPodman) == std::vector<const Engine*>{&kCrio});
  CHECK(sg::engines::readers_of(root, kDefault, kPodman)->empty());
  CHECK(directory_of(root, kCrio) == "/h");
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/crio.conf.d/10.conf",
                           "[crio.runtime]\nhooks_dir = []\n"));
  CHECK(directory_of(root, kCrio).starts_with("error: CRI-O: "));
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/crio.conf.d/15.conf",
                           "[crio.runtime]\nhooks_dir = [\"/etc/none/../hooks\"]\n"));
  CHECK(
      directory_of(root, kCrio) ==
      "error: CRI-O: hooks_dir, path '/etc/none/../hooks': has '..' behind a directory that is not "
      "there");
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/crio.conf.d/20.conf", "hooks_dir = [\n"));
  CHECK(
      directories_of(root, kCrio).front() ==
      "error: '/etc/crio/crio.conf.d/20.conf': cannot be read as TOML, so the engine may look for "
      "hooks anywhere");
}

TEST_CASE("Engine configuration: every form of the setting, and forms that are not understood") {
  const TempDir dir;
  const RootDir root(dir.path());
  struct Case {
    std::string text;
    List expected;  // what an error begins with, or all directories
  };
  const std::string file = "error: '/etc/containers/containers.conf': ";
  const Case cases[] = {
      {"engine.hooks_dir = [\"/a\"]", {"/a"}},
      {"[engine]\n\"hooks_dir\" = [ '/a', \"/b\" ] # c", {"/a", "/b"}},
      {"[\"x#y\"]\nz = 1\n[engine]\nhooks_dir = [\"/a\"]", {"/a"}},
      {"[engine]\nhooks_dir = [\"/a\", {append=true}]", {kDefault, "/a"}},
      {"[engine]\nhooks_dir = [\"/a\", {append = false}]", {"/a"}},
      {"garbage", {file + "cannot be read as TOML, so the engine may look for hooks anywhere"}},
      {"engine = { hooks_dir = [\"/a\"] }", {"/a"}},
      {"[engine]\r\nhooks_dir = [\"/a\"]\r\n", {"/a"}},
      {"[[engine]]\nhooks_dir = [\"/a\"]", {kDefault}},
      {"[engine]\nhooks_dir = [\"/a\"]\nhooks_dir = [\"/b\"]",
       {file + "cannot be read as TOML, so the engine may look for hooks anywhere"}},
      {"[engine]\nhooks_dir = [\"/a\", {append=1}]",
       {file + "hooks_dir is no list of plain paths"}},
      {"[engine]\nhooks_dir = \"/a\"", {file + "hooks_dir is no list of plain paths"}},
      {"[engine]\nhooks_dir = [\"/a\", 1]", {file + "hooks_dir is no list of plain paths"}},
      {"[engine]\nhooks_dir = [\"/\\u0061\"]", {"/a"}},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf", c.text));
    CHECK(directories_of(root, kPodman) == c.expected);
  }
  // {append=true} holds for the files behind it.
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf", cases[3].text));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/1.conf",
                           "[engine]\nhooks_dir = [\"/b\"]\n"));
  CHECK(directories_of(root, kPodman) == List{kDefault, "/a", "/b"});
}

TEST_CASE("Engine configuration: one directory by several names, and all that are known") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/hooks/x.json", ""));
  REQUIRE(::symlink("crio/hooks", (dir.path() + "/etc/link").c_str()) == 0);
  const List directories = {"/a", "/etc/crio/hooks/"};
  CHECK(sg::engines::is_among(root, "/etc/crio/hooks", directories));
  CHECK(sg::engines::is_among(root, "/etc/link", directories));
  CHECK_FALSE(sg::engines::is_among(root, "/etc/crio", directories));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf",
                           "[engine]\nhooks_dir = [\"/a\"]\n"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/1.conf",
                           "[engine]\nhooks_dir = [\"/b\", \"/a/\"]\n"));
  const auto known = sg::engines::known_directories(root);
  REQUIRE(known);
  CHECK(*known == List{kDefault, "/etc/containers/oci/hooks.d", "/a", "/b"});
}
