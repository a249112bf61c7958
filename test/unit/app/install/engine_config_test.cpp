// SPDX-License-Identifier: Apache-2.0
// engine_config_test.cpp - where an engine looks for hooks.
#include "app/install/engine_config.h"

#include <unistd.h>

#include <string>
#include <vector>

#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::app::Engine;
using sg::app::hooks_directories;
using sg::app::hooks_directory;
using sg::host::RootDir;
using sg::test::TempDir;
using List = std::vector<std::string>;

namespace {

const std::string kDefault = "/usr/share/containers/oci/hooks.d";

List directories_of(const RootDir& root, Engine engine) {
  const auto directories = hooks_directories(root, engine);
  return directories ? *directories : List{"error: " + directories.error().message};
}

std::string directory_of(const RootDir& root, Engine engine) {
  const auto directory = hooks_directory(root, engine, directories_of(root, engine));
  return directory ? *directory : "error: " + directory.error().message;
}

}  // namespace

TEST_CASE("Engine configuration: the default directory where nothing is set") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(directories_of(root, Engine::kPodman) == List{kDefault});
  CHECK(directories_of(root, Engine::kCrio) == List{kDefault});
  CHECK(directory_of(root, Engine::kPodman) == kDefault);
  CHECK_FALSE(sg::app::has_crio(root));
}

TEST_CASE("Engine configuration: a later file wins, drop-ins in the order of their names") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/usr/share/containers/containers.conf",
                           "[engine]\nhooks_dir = [\"/a\"]\n"));
  CHECK(directories_of(root, Engine::kPodman) == List{"/a"});
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf",
                           "[engine]\nhooks_dir = [\"" + kDefault + "\", \"/b\"]\n"));
  CHECK(directory_of(root, Engine::kPodman) == kDefault);
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/20.conf",
                           "[engine]\nhooks_dir = [\"/c\", \"/d\"]\n"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/10.conf",
                           "[engine]\nhooks_dir = [\"/e\"]\n"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/90.txt",
                           "[engine]\nhooks_dir = [\"/f\"]\n"));
  CHECK(directories_of(root, Engine::kPodman) == List{"/c", "/d"});
  CHECK(directory_of(root, Engine::kPodman) == "/d");
  CHECK(directory_of(root, Engine::kCrio) == kDefault);
}

TEST_CASE("Engine configuration: CRI-O's own, and one that names no directory") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(
      sg::replace_file(dir.path() + "/etc/crio/crio.conf",
                       "[crio.runtime]\n# hooks_dir = [\"/no\"]\nhooks_dir = [\n  \"/h\",\n]\n"));
  CHECK(sg::app::has_crio(root));
  CHECK(directory_of(root, Engine::kCrio) == "/h");
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/crio.conf.d/10.conf",
                           "[crio.runtime]\nhooks_dir = []\n"));
  CHECK(directory_of(root, Engine::kCrio).starts_with("error: CRI-O: "));
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/crio.conf.d/20.conf", "hooks_dir = [\n"));
  CHECK(directories_of(root, Engine::kCrio).front() ==
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
      {"engine = { hooks_dir = [\"/a\"] }", {file + "has engine as an inline table"}},
      {"[engine]\nhooks_dir = \"/a\"", {file + "hooks_dir is no list of plain paths"}},
      {"[engine]\nhooks_dir = [\"/a\", 1]", {file + "hooks_dir is no list of plain paths"}},
      {"[engine]\nhooks_dir = [\"/\\x61\"]", {file + "hooks_dir is no list of plain paths"}},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf", c.text));
    CHECK(directories_of(root, Engine::kPodman) == c.expected);
  }
  // {append=true} holds for the files behind it.
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf", cases[3].text));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/1.conf",
                           "[engine]\nhooks_dir = [\"/b\"]\n"));
  CHECK(directories_of(root, Engine::kPodman) == List{kDefault, "/a", "/b"});
}

TEST_CASE("Engine configuration: one directory by several names, and all that are known") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/etc/crio/hooks/x.json", ""));
  REQUIRE(::symlink("crio/hooks", (dir.path() + "/etc/link").c_str()) == 0);
  const List directories = {"/a", "/etc/crio/hooks/"};
  CHECK(sg::app::is_among(root, "/etc/crio/hooks", directories));
  CHECK(sg::app::is_among(root, "/etc/link", directories));
  CHECK_FALSE(sg::app::is_among(root, "/etc/crio", directories));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf",
                           "[engine]\nhooks_dir = [\"/a\"]\n"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/1.conf",
                           "[engine]\nhooks_dir = [\"/b\", \"/a/\"]\n"));
  const auto known = sg::app::known_directories(root);
  REQUIRE(known);
  CHECK(*known == List{kDefault, "/etc/containers/oci/hooks.d", "/a", "/b"});
}
