// SPDX-License-Identifier: Apache-2.0
// node_policy_load_test.cpp - a mistake in the file is the error of the run; only a file that is clearly not
// there is none, and who can write it matters.
#include "request/node_policy_load.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/file_write.h"
#include "policy/node_policy.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using sg::Errc;
using sg::Result;
using sg::host::RootDir;
using sg::host::Writers;
using sg::request::chosen_node_policy;
using sg::request::LoadedNodePolicy;
using sg::request::NodePolicyChoice;
using sg::request::NodePolicySummary;
using sg::request::read_node_policy;
using sg::request::registered_node_policy;
using sg::request::summarize_node_policy;
using sg::test::TempDir;

namespace {

// A file of root's, removed at the end.
class File {
 public:
  explicit File(const std::string& text) {
    const int fd = ::mkstemp(path_.data());
    REQUIRE(fd >= 0);
    REQUIRE(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    REQUIRE(::close(fd) == 0);
  }
  ~File() { (void)::unlink(path_.c_str()); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/sg-node-policy-XXXXXX";
};

// A directory with a file in it, both removed at the end.
class Folder {
 public:
  Folder() {
    REQUIRE(::mkdtemp(path_.data()) != nullptr);
    file_ = path_ + "/policy.json";
  }
  ~Folder() {
    (void)::unlink(file_.c_str());
    (void)::rmdir(path_.c_str());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& text) const {
    const int fd = ::open(file_.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
    REQUIRE(fd >= 0);
    REQUIRE(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    REQUIRE(::close(fd) == 0);
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  std::string path_ = "/tmp/sg-node-policy-XXXXXX";
  std::string file_;
};

void check_refused(const std::string& file, bool is_named, Writers writers) {
  const Result<std::optional<std::string>> text = read_node_policy(file, is_named, writers);
  REQUIRE_FALSE(text);
  CHECK(text.error().code == Errc::kNodePolicy);
  CHECK(text.error().message.find("node policy ") == 0);
  CHECK_FALSE(text.error().hint.empty());
}

bool is_none(const std::string& file, bool is_named = false) {
  const Result<std::optional<std::string>> text =
      read_node_policy(file, is_named, Writers::kAnyone);
  return text && !*text;
}

}  // namespace

TEST_CASE("Load: what the file says") {
  if (::geteuid() != 0) {
    return;  // the hook takes no file of others
  }
  const File file(R"({"version": 1, "profiles": {"p": {}}})");
  sg::Diagnostics findings;
  const Result<LoadedNodePolicy> node =
      sg::request::load_node_policy(registered_node_policy(file.path()), {.net = true}, findings);
  REQUIRE(node);
  CHECK(findings.findings().empty());
  CHECK(node->text);
  CHECK(node->policy.profiles.size() == 1);
  CHECK(node->policy.limit.private_namespaces.net);
  CHECK(node->policy.limit.file == file.path());
}

TEST_CASE("Load: mistakes are findings, of which the first is the error of a run") {
  const File file(R"({"version": 1, "limits": {}, "x": 1})");
  sg::Diagnostics findings;
  REQUIRE(sg::request::load_node_policy(chosen_node_policy(file.path()), {}, findings));
  REQUIRE(findings.has_errors());
  const sg::Error error = sg::request::error_of(findings);
  CHECK(error.code == Errc::kNodePolicy);
  CHECK(error.message.find("node policy " + file.path() + ":1:16: /limits: ") == 0);
  CHECK(error.message.find("(and 1 more; ") != std::string::npos);
}

TEST_CASE("Load: which file is meant, and who may be able to write it") {
  const NodePolicyChoice installed = registered_node_policy("");
  CHECK(installed.path == sg::request::kNodePolicyFile);
  CHECK_FALSE(installed.is_named);
  CHECK(installed.writers == Writers::kRootOnly);
  const NodePolicyChoice registered = chosen_node_policy(std::nullopt, "/etc/x.json");
  CHECK(registered.path == "/etc/x.json");
  CHECK(registered.is_named);
  CHECK(registered.writers == Writers::kRootOnly);
  const NodePolicyChoice named = chosen_node_policy("y.json", "/etc/x.json");
  CHECK(named.path == "y.json");
  CHECK(named.is_named);
  CHECK(named.writers == Writers::kAnyone);
  CHECK(chosen_node_policy("none", "/etc/x.json").is_defaults);
}

TEST_CASE("Load: the defaults are read from nowhere, a file that was named must be there") {
  sg::Diagnostics findings;
  const Result<LoadedNodePolicy> none =
      sg::request::load_node_policy(chosen_node_policy("none"), {.net = true}, findings);
  REQUIRE(none);
  CHECK_FALSE(none->text);
  const Result<LoadedNodePolicy> node =
      sg::request::load_node_policy(registered_node_policy("/nowhere/policy.json"), {}, findings);
  REQUIRE_FALSE(node);
  CHECK(node.error().code == Errc::kNodePolicy);
}

TEST_CASE("Node policy file: a file that is there is read whole") {
  const Folder folder;
  folder.write("{\"a\": 1}\n");
  const auto text = read_node_policy(folder.file(), false, Writers::kAnyone);
  REQUIRE(text);
  CHECK(**text == "{\"a\": 1}\n");
}

TEST_CASE("Node policy file: one that is clearly not there is none, unless it was asked for") {
  const Folder folder;
  CHECK(is_none(folder.file()));
  CHECK(is_none(folder.path() + "/none/policy.json"));
  check_refused(folder.file(), /*is_named=*/true, Writers::kAnyone);
  folder.write("{}");
  CHECK(is_none(folder.file() + "/x"));
}

TEST_CASE("Node policy file: what cannot be told from one that is there counts as there") {
  const Folder folder;
  REQUIRE(::symlink("/nowhere", folder.file().c_str()) == 0);
  check_refused(folder.file(), false, Writers::kAnyone);
  check_refused(std::string(5000, 'n'), false, Writers::kAnyone);
  check_refused(std::string("a\0b", 3), false, Writers::kAnyone);
  check_refused(folder.path(), false, Writers::kAnyone);
  check_refused("/dev/null", false, Writers::kAnyone);
}

TEST_CASE("Node policy file: a directory that is a link to nowhere counts as there") {
  const Folder folder;
  const std::string link = folder.path() + "/etc";
  REQUIRE(::symlink("/nowhere", link.c_str()) == 0);
  check_refused(link + "/policy.json", false, Writers::kAnyone);
  REQUIRE(::unlink(link.c_str()) == 0);
  CHECK(is_none(link + "/policy.json"));
}

TEST_CASE("Node policy file: a FIFO holds nobody up") {
  const Folder folder;
  REQUIRE(::mkfifo(folder.file().c_str(), 0600) == 0);
  check_refused(folder.file(), false, Writers::kAnyone);
}

TEST_CASE("Node policy file: the largest that is read, and one byte more") {
  const Folder folder;
  folder.write(std::string(sg::policy::kNodePolicyMax, ' '));
  CHECK(read_node_policy(folder.file(), false, Writers::kAnyone));
  folder.write(std::string(sg::policy::kNodePolicyMax + 1, ' '));
  check_refused(folder.file(), false, Writers::kAnyone);
}

TEST_CASE("Node policy file: the hook follows links of root alone") {
  if (::geteuid() != 0) {
    return;
  }
  const Folder folder;
  folder.write("{}");
  const Folder other;
  const auto reads = [](const std::string& file) {
    return static_cast<bool>(read_node_policy(file, true, Writers::kRootOnly));
  };
  REQUIRE(::symlink(folder.file().c_str(), other.file().c_str()) == 0);
  CHECK(reads(other.file()));
  CHECK(reads(other.path() + "/./../" + other.path().substr(5) + "/policy.json"));
  // Whoever owns the link, or can write its directory, chooses the policy.
  REQUIRE(::lchown(other.file().c_str(), 65534, 0) == 0);
  CHECK_FALSE(reads(other.file()));
  REQUIRE(::lchown(other.file().c_str(), 0, 0) == 0);
  REQUIRE(::chown(other.path().c_str(), 65534, 0) == 0);
  CHECK_FALSE(reads(other.file()));
  REQUIRE(::chown(other.path().c_str(), 0, 0) == 0);
  CHECK(reads(other.file()));
  CHECK_FALSE(reads("policy.json"));
  // A circle of links.
  const std::string circle = other.path() + "/circle";
  REQUIRE(::symlink(circle.c_str(), circle.c_str()) == 0);
  CHECK_FALSE(reads(circle));
  REQUIRE(::unlink(circle.c_str()) == 0);
}

TEST_CASE("Node policy file: the hook refuses one that others than root can write") {
  if (::geteuid() != 0) {
    return;  // what is asked here is who root is
  }
  const Folder folder;
  folder.write("{}");
  const auto reads = [&folder] {
    return static_cast<bool>(read_node_policy(folder.file(), true, Writers::kRootOnly));
  };
  REQUIRE(reads());
  struct Case {
    const char* why;
    mode_t file_mode;
    mode_t folder_mode;
    uid_t file_owner;
    uid_t folder_owner;
    bool is_read;
  };
  const Case cases[] = {
      {"as engines have their files", 0644, 0755, 0, 0, true},
      {"for root alone", 0400, 0700, 0, 0, true},
      {"writable by a group", 0664, 0755, 0, 0, false},
      {"writable by all", 0646, 0755, 0, 0, false},
      {"another owner", 0644, 0755, 65534, 0, false},
      {"a directory that a group can write", 0644, 0775, 0, 0, false},
      {"a directory that all can write", 0644, 0757, 0, 0, false},
      {"a sticky directory keeps root's files", 0644, 01777, 0, 0, true},
      {"another owner of the directory", 0644, 0755, 0, 65534, false},
      {"a sticky directory of another owner", 0644, 01777, 0, 65534, false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    REQUIRE(::chown(folder.file().c_str(), c.file_owner, 0) == 0);
    REQUIRE(::chown(folder.path().c_str(), c.folder_owner, 0) == 0);
    REQUIRE(::chmod(folder.file().c_str(), c.file_mode) == 0);
    REQUIRE(::chmod(folder.path().c_str(), c.folder_mode) == 0);
    CHECK(reads() == c.is_read);
    CHECK(read_node_policy(folder.file(), true, Writers::kAnyone));
  }
}

TEST_CASE("Node policy summary: no file is a summary too") {
  const TempDir dir;
  const auto summary = summarize_node_policy(RootDir(dir.path()), "/etc/p.json");
  REQUIRE(summary);
  CHECK_FALSE(summary->exists);
  CHECK(summary->profiles.empty());
  CHECK_FALSE(summary->default_mode.has_value());
}

TEST_CASE("Node policy summary: what it holds") {
  struct Case {
    const char* why;
    std::string text;
    std::vector<std::string> profiles;
    std::string mode;
  };
  const Case cases[] = {
      {"the least", R"({"version": 1})", {}, ""},
      {"profiles, sorted",
       R"({"profiles": {"b": {}, "a": {"allow": ["net.*"]}}, "version": 1})",
       {"a", "b"},
       ""},
      {"a default without a mode", R"({"version": 1, "default": {"deny": ["net.*"]}})", {}, ""},
      {"audit", R"({"version": 1, "default": {"mode": "audit"}})", {}, "audit"},
      {"enforce, in so many words",
       R"({"version": 1, "default": {"mode": "enforce"}})",
       {},
       "enforce"},
      {"a profile by the name of a key",
       R"({"version": 1, "profiles": {"mode": {}}})",
       {"mode"},
       ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    const TempDir dir;
    REQUIRE(sg::replace_file(dir.path() + "/p", c.text));
    const auto summary = summarize_node_policy(RootDir(dir.path()), "/p");
    REQUIRE(summary);
    CHECK(summary->exists);
    CHECK(summary->profiles == c.profiles);
    CHECK(summary->default_mode.value_or("") == c.mode);
  }
}

TEST_CASE("Node policy summary: what is wrong is an error with the file's name") {
  for (const char* text :
       {"", "[]", "{}", R"({"version": 2})", R"({"version": "1"})",
        R"({"version": 1, "default": 1})", R"({"version": 1, "default": {"mode": "off"}})",
        R"({"version": 1, "default": {"mode": 1}})", R"({"version": 1, "profiles": []})",
        R"({"version": 1, "version": 1})"}) {
    INFO(text);
    const TempDir dir;
    REQUIRE(sg::replace_file(dir.path() + "/p", text));
    const auto summary = summarize_node_policy(RootDir(dir.path()), "/p");
    REQUIRE_FALSE(summary);
    CHECK(summary.error().code == sg::Errc::kNodePolicy);
    CHECK(summary.error().message.find("node policy") != std::string::npos);
  }
  const TempDir dir;
  CHECK_FALSE(summarize_node_policy(RootDir(dir.path()), "/"));
}

TEST_CASE("Node policy summary: dangers have the line of the rule") {
  const TempDir dir;
  REQUIRE(sg::replace_file(dir.path() + "/p",
                           "{\"version\": 1,\n\"limit\": {\"host\": [\"kernel.hotplug\"]}}"));
  const auto summary = summarize_node_policy(RootDir(dir.path()), "/p");
  REQUIRE(summary);
  REQUIRE(summary->dangers.size() == 1);
  CHECK(summary->dangers[0].line == 2);
  CHECK(summary->dangers[0].pointer == "/limit/host/0");
}
