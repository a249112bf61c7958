// SPDX-License-Identifier: Apache-2.0
// engine_config_test.cpp - where an engine looks for hooks.
#include "app/engine_config.h"

#include <string>
#include <vector>

#include "base/file_write.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::app::Engine;
using sg::app::hooks_directories;
using sg::app::hooks_directory;
using sg::app::RootDir;
using sg::test::TempDir;
using List = std::vector<std::string>;

namespace {

const std::string kDefault = "/usr/share/containers/oci/hooks.d";

std::string directory_of(const RootDir& root, Engine engine) {
  const auto directory = hooks_directory(root, engine);
  return directory ? *directory : "error: " + directory.error().message;
}

}  // namespace

TEST_CASE("Engine configuration: the default directory where nothing is set") {
  const TempDir dir;
  const RootDir root(dir.path());
  CHECK(hooks_directories(root, Engine::kPodman) == List{kDefault});
  CHECK(hooks_directories(root, Engine::kCrio) == List{kDefault});
  CHECK(directory_of(root, Engine::kPodman) == kDefault);
  CHECK_FALSE(sg::app::has_crio(root));
}

TEST_CASE("Engine configuration: a later file wins, drop-ins in the order of their names") {
  const TempDir dir;
  const RootDir root(dir.path());
  REQUIRE(sg::replace_file(dir.path() + "/usr/share/containers/containers.conf",
                           "[engine]\nhooks_dir = [\"/a\"]\n"));
  CHECK(hooks_directories(root, Engine::kPodman) == List{"/a"});
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf",
                           "[engine]\nhooks_dir = [\"" + kDefault + "\", \"/b\"]\n"));
  CHECK(directory_of(root, Engine::kPodman) == kDefault);
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/20.conf",
                           "[engine]\nhooks_dir = [\"/c\", \"/d\"]\n"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/10.conf",
                           "[engine]\nhooks_dir = [\"/e\"]\n"));
  REQUIRE(sg::replace_file(dir.path() + "/etc/containers/containers.conf.d/90.txt",
                           "[engine]\nhooks_dir = [\"/f\"]\n"));
  CHECK(hooks_directories(root, Engine::kPodman) == List{"/c", "/d"});
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
  CHECK(hooks_directories(root, Engine::kCrio).empty());
}
