// SPDX-License-Identifier: Apache-2.0
// sysctl_walk.cpp - opens each file below /proc/sys, here and in a child in fresh namespaces that
// sends back what it found as lines.
#include "kernel/sysctl_walk.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <optional>
#include <sstream>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.h"
#include "sysctl/interface_names.h"

namespace sg::test {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRoot = "/proc/sys/";

// Directories that are named after a processor, a port or the like.
std::string without_numbers(const std::string& name) {
  for (const std::string_view parent : {"kernel/sched_domain/", "dev/parport/parport"}) {
    if (name.starts_with(parent)) {
      std::string out = name;
      for (std::size_t i = name.size(); i-- > parent.size();) {
        if (std::isdigit(static_cast<unsigned char>(out[i])) != 0) {
          const bool again = i + 1 < out.size() && out[i + 1] == '*';
          out.replace(i, 1, again ? "" : "*");
        }
      }
      return out;
    }
  }
  return name;
}

std::string form_of(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  std::string text(4096, '\0');
  const ssize_t length = fd < 0 ? -1 : ::read(fd, text.data(), text.size());
  if (fd >= 0) {
    (void)::close(fd);
  }
  if (length <= 0) {
    return "-";
  }
  text.resize(static_cast<std::size_t>(length));
  std::istringstream words(text);
  std::string word;
  int count = 0;
  while (words >> word) {
    const std::size_t start = word.starts_with('-') ? 1 : 0;
    if (start == word.size() || word.find_first_not_of("0123456789", start) != std::string::npos) {
      return "text";
    }
    ++count;
  }
  return count == 0 ? "-" : std::to_string(count);
}

Access access_of(const std::string& path) {
  for (const auto& [flags, access] :
       {std::pair{O_WRONLY, Access::kWritable}, std::pair{O_RDONLY, Access::kReadOnly}}) {
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
    if (fd >= 0) {
      (void)::close(fd);
      return access;
    }
  }
  return Access::kReadOnly;
}

struct Found {
  Access access = Access::kAbsent;
  std::string form = "-";
};

std::map<std::string, Found> walk_here() {
  std::map<std::string, Found> all;
  fs::recursive_directory_iterator end;
  for (fs::recursive_directory_iterator at(kRoot, fs::directory_options::skip_permission_denied);
       at != end; ++at) {
    const std::string path = at->path().string();
    if (at->is_directory()) {
      if (path.ends_with("/fs/binfmt_misc")) {
        at.disable_recursion_pending();  // another filesystem
      }
      continue;
    }
    Found& found = all[shape_of(path.substr(kRoot.size()))];
    const Access access = access_of(path);
    found.access = access == Access::kWritable ? access : std::max(found.access, access);
    if (const std::string form = form_of(path); form != "-") {
      found.form = found.form == "-" || found.form == form ? form : "text";
    }
  }
  return all;
}

// The same in a child with new namespaces.
std::map<std::string, Found> walk_fresh(int unshare_flags) {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::string out;
    if (::unshare(unshare_flags) == 0) {
      if ((unshare_flags & CLONE_NEWUSER) != 0) {
        const int fd = ::open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
        (void)!::write(fd, "0 0 1\n", 6);
      }
      for (const auto& [name, found] : walk_here()) {
        out += name + " " + static_cast<char>(found.access) + " " + found.form + "\n";
      }
    }
    for (std::size_t done = 0; done < out.size();) {
      const ssize_t wrote = ::write(ends[1], out.data() + done, out.size() - done);
      if (wrote <= 0) {
        break;
      }
      done += static_cast<std::size_t>(wrote);
    }
    ::_exit(0);
  }
  (void)::close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  (void)::close(ends[0]);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  std::map<std::string, Found> all;
  std::istringstream lines(text);
  std::string name;
  char access = 0;
  std::string form;
  while (lines >> name >> access >> form) {
    all[name] = {static_cast<Access>(access), form};
  }
  REQUIRE_FALSE(all.empty());
  return all;
}

}  // namespace

std::string shape_of(const std::string& name) {
  const std::optional<sysctl::InterfacePlace> place = sysctl::interface_or_template_place(name);
  if (!place || name.substr(place->start).starts_with("default/gc_")) {
    return without_numbers(name);  // "default" alone has the garbage collection of neighbours
  }
  return name.substr(0, place->start) + "*" + name.substr(place->start + place->size);
}

std::map<std::string, WalkedSysctl> walk_sysctls() {
  std::map<std::string, WalkedSysctl> all;
  for (const auto& [name, found] : walk_here()) {
    all[name] = {found.access, Access::kAbsent, found.form};
  }
  for (const int flags : {CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS, CLONE_NEWUSER}) {
    for (const auto& [name, found] : walk_fresh(flags)) {
      if (name.starts_with("user/") == ((flags & CLONE_NEWUSER) != 0)) {
        WalkedSysctl& walked = all[name];
        walked.fresh = found.access;
        walked.form = walked.form == "-" ? found.form : walked.form;
        // Of the first user namespace's, CAP_SYS_RESOURCE decides, which not every root has.
        walked.initial = (flags & CLONE_NEWUSER) != 0 ? found.access : walked.initial;
      }
    }
  }
  return all;
}

}  // namespace sg::test
