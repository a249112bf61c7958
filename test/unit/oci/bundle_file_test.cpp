// SPDX-License-Identifier: Apache-2.0
// bundle_file_test.cpp - config.json is the old or the new one, and nothing else is left.
#include "oci/bundle_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "oci/bundle.h"
#include "support/catch.h"

namespace fs = std::filesystem;
using sg::Errc;
using sg::Result;
using sg::oci::BundleFile;

namespace {

struct Bundle {
  fs::path dir = fs::temp_directory_path() / ("sysctl-guard-bundle-" + std::to_string(::getpid()));
  fs::path config = dir / "config.json";
  Bundle() {
    fs::remove_all(dir);
    fs::create_directory(dir);
    std::ofstream(config) << "old";
  }
  ~Bundle() { fs::remove_all(dir); }
  Bundle(const Bundle&) = delete;
  Bundle& operator=(const Bundle&) = delete;

  [[nodiscard]] std::string text() const {
    std::ifstream in(config);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(dir), {}));
  }
};

}  // namespace

TEST_CASE("Bundle file: the new text, with the owner and mode of the old file") {
  const Bundle bundle;
  for (const mode_t mode : {0600, 0644, 0444}) {
    REQUIRE(::chmod(bundle.config.c_str(), mode) == 0);
    if (::geteuid() == 0) {
      REQUIRE(::chown(bundle.config.c_str(), 12, 34) == 0);
    }
    struct stat before {};
    REQUIRE(::stat(bundle.config.c_str(), &before) == 0);
    const Result<BundleFile> file = BundleFile::open(bundle.dir);
    REQUIRE(file);
    CHECK(file->text() == bundle.text());
    REQUIRE(file->replace("new " + std::to_string(mode)));
    CHECK(bundle.text() == "new " + std::to_string(mode));
    struct stat after {};
    REQUIRE(::stat(bundle.config.c_str(), &after) == 0);
    CHECK(after.st_mode == before.st_mode);
    CHECK(after.st_uid == before.st_uid);
    CHECK(after.st_gid == before.st_gid);
    CHECK(after.st_ino != before.st_ino);
    CHECK(bundle.files() == 1);
  }
}

TEST_CASE("Bundle file: what a killed one left is removed") {
  const Bundle bundle;
  std::ofstream(bundle.dir / ".config.json.sysctl-guard") << "half a doc";
  const Result<BundleFile> file = BundleFile::open(bundle.dir);
  REQUIRE(file);
  REQUIRE(file->replace("new"));
  CHECK(bundle.text() == "new");
  CHECK(bundle.files() == 1);
}

TEST_CASE("Bundle file: a failure leaves the old text and nothing else") {
  const Bundle bundle;
  const Result<BundleFile> file = BundleFile::open(bundle.dir);
  REQUIRE(file);
  // A file may not become larger than this: the write fails half way.
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 1000, .rlim_max = before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  const sg::Status large = file->replace(std::string(100'000, 'x'));
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, handler);
  REQUIRE_FALSE(large);
  CHECK(large.error().code == Errc::kSystem);
  CHECK(bundle.text() == "old");
  CHECK(bundle.files() == 1);

  fs::remove(bundle.config);
  fs::create_directory(bundle.config);
  CHECK_FALSE(file->replace("new"));
  CHECK(bundle.files() == 1);
  fs::remove_all(bundle.dir);
  CHECK_FALSE(file->replace("new"));
}

TEST_CASE("Bundle file: what cannot be read is refused") {
  const Bundle bundle;
  CHECK_FALSE(BundleFile::open(bundle.dir / "no"));
  CHECK_FALSE(BundleFile::open(bundle.config));
  CHECK_FALSE(BundleFile::open(""));
  fs::resize_file(bundle.config, sg::oci::kConfigMax);
  CHECK(BundleFile::open(bundle.dir));
  fs::resize_file(bundle.config, sg::oci::kConfigMax + 1);
  const Result<BundleFile> large = BundleFile::open(bundle.dir);
  REQUIRE_FALSE(large);
  CHECK(large.error().code == Errc::kBadInput);
  fs::rename(bundle.config, bundle.dir / "other");
  CHECK_FALSE(BundleFile::open(bundle.dir));
  fs::create_symlink("other", bundle.config);
  CHECK_FALSE(BundleFile::open(bundle.dir));
  fs::remove(bundle.config);
  REQUIRE(::mkfifo(bundle.config.c_str(), 0600) == 0);
  const Result<BundleFile> fifo = BundleFile::open(bundle.dir);
  REQUIRE_FALSE(fifo);
  CHECK(fifo.error().message.find("not a regular file") != std::string::npos);
}

TEST_CASE("Bundle file: two who edit one bundle take turns, and the lock ends with the first") {
  const Bundle bundle;
  Result<BundleFile> first = BundleFile::open(bundle.dir);
  REQUIRE(first);
  const sg::UniqueFd other(::open(bundle.dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  CHECK(::flock(other.get(), LOCK_EX | LOCK_NB) != 0);
  std::string seen;
  std::thread second([&bundle, &seen] {
    const Result<BundleFile> file = BundleFile::open(bundle.dir);
    seen = file ? file->text() : "error";
  });
  REQUIRE(first->replace("new"));
  first = sg::Error{Errc::kSystem, "closed", ""};
  second.join();
  CHECK(seen == "new");
  CHECK(::flock(other.get(), LOCK_EX | LOCK_NB) == 0);
}
