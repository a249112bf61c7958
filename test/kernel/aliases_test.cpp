// SPDX-License-Identifier: Apache-2.0
// aliases_test.cpp - is the table of names that reach each other what the kernel does, and all of
// it?
//
// A child in a network namespace of its own writes another value to every sysctl of it, one after
// the other, and compares all of /proc/sys/net before and after. Whatever else has changed must be
// a row of the table; and rows of which both names are there must have been seen. Needs root.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.h"
#include "sysctl/aliases.h"
#include "sysctl/interface_names.h"
#include "sysctl/namespace_of.h"

namespace {

using sg::sysctl::Alias;
using sg::sysctl::Reach;

constexpr const char* kRoot = "/proc/sys/";

bool write_value(const std::string& name, const std::string& value) {
  const int fd = ::open((kRoot + name).c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) {
    return false;
  }
  const bool done = ::write(fd, value.data(), value.size()) == static_cast<ssize_t>(value.size());
  (void)::close(fd);
  return done;
}

std::vector<std::string> names_of_net() {
  std::vector<std::string> names;
  const std::string root = kRoot;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root + "net")) {
    if (!entry.is_directory()) {
      names.push_back(entry.path().string().substr(root.size()));
    }
  }
  std::ranges::sort(names);
  return names;
}

// What is there, read again and again through descriptors that stay open: to look each name up once more is most of what
// reading it costs, and each of a thousand is read after each write.
class Sysctls {
 public:
  explicit Sysctls(std::vector<std::string> names) : names_(std::move(names)) {
    for (const std::string& name : names_) {
      fds_.push_back(::open((kRoot + name).c_str(), O_RDONLY | O_CLOEXEC));
    }
    values_.resize(names_.size());
    (void)read_again();
  }

  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }
  [[nodiscard]] const std::string& value(std::size_t index) const { return values_[index]; }

  // The places of those that have another value now. One that cannot be read has none.
  std::vector<std::size_t> read_again() {
    std::vector<std::size_t> changed;
    for (std::size_t index = 0; index < fds_.size(); ++index) {
      const ssize_t length =
          fds_[index] < 0 ? -1 : ::pread(fds_[index], buffer_, sizeof buffer_, 0);
      const std::string_view now(buffer_, static_cast<std::size_t>(std::max<ssize_t>(length, 0)));
      if (now != values_[index]) {
        values_[index] = now;
        changed.push_back(index);
      }
    }
    return changed;
  }

 private:
  std::vector<std::string> names_;
  std::vector<int> fds_;
  std::vector<std::string> values_;
  char buffer_[4096] = {};
};

// Far enough from `value` that another unit shows it too, and legal for as many sysctls as can be.
std::vector<std::string> other_values(const std::string& value) {
  if (value.find_first_not_of("-0123456789\n") != std::string::npos || value.empty()) {
    return {"userspace\n",
            "kernel\n"};  // of net.mptcp.path_manager; other texts have no other name
  }
  const long long number = std::atoll(value.c_str());
  std::vector<std::string> others;
  for (const long long other : {number * 3, number / 3, 1LL, 0LL, 2LL}) {
    if (other != number) {
      others.push_back(std::to_string(other));
    }
  }
  return others;
}

// A pair of virtual interfaces: they have what `default` had when they were made.
void add_interfaces() {
  struct {
    nlmsghdr header{};
    ifinfomsg info{};
    rtattr link_info{};
    rtattr kind{};
    char name[8] = "veth";
  } request;
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = RTM_NEWLINK;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK;
  request.link_info.rta_type = IFLA_LINKINFO;
  request.link_info.rta_len = 2 * sizeof(rtattr) + sizeof request.name;
  request.kind.rta_type = IFLA_INFO_KIND;
  request.kind.rta_len = sizeof(rtattr) + 4;
  const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  char answer[4096];
  if (fd >= 0 && ::send(fd, &request, sizeof request, 0) > 0) {
    (void)::recv(fd, answer, sizeof answer, 0);
  }
  (void)::close(fd);
}

// Whether the row says that a write of `written` reaches `changed`.
bool is_row(std::string_view from, std::string_view to, const std::string& written,
            const std::string& changed) {
  const auto place = sg::sysctl::interface_or_template_place(changed);
  const std::string interface = place ? changed.substr(place->start, place->size) : "";
  const std::string leaf = changed.substr(changed.rfind('/') + 1);
  if (from.find('%') == std::string_view::npos && to.find('%') != std::string_view::npos &&
      (interface == "all" || interface == "default")) {
    return false;  // there "%" is an interface
  }
  const auto filled = [&](std::string_view pattern) {
    std::string name(pattern);
    for (std::size_t at = name.find_first_of("%@"); at != std::string::npos;
         at = name.find_first_of("%@")) {
      name.replace(at, 1, name[at] == '%' ? interface : leaf);
    }
    return name;
  };
  return filled(from) == written && filled(to) == changed;
}

const Alias* row_of(const std::string& written, const std::string& changed) {
  for (const Alias& alias : sg::sysctl::aliases()) {
    if (is_row(alias.written, alias.changed, written, changed) ||
        (alias.reach == Reach::kSame && is_row(alias.changed, alias.written, written, changed))) {
      return &alias;
    }
  }
  return nullptr;
}

// Whether some row has the name as the one that is written. All it costs in doubt is time.
bool is_written_in_a_row(std::string_view name) {
  return std::ranges::any_of(sg::sysctl::aliases(), [name](const Alias& alias) {
    return name.starts_with(alias.written.substr(0, alias.written.find_first_of("%@")));
  });
}

bool is_tried(const std::string& name) {
  const auto shared = sg::sysctl::shared_names();
  return std::ranges::find(shared, name) == shared.end() && !name.ends_with("/flush") &&
         ::access((kRoot + name).c_str(), W_OK) == 0;
}

struct Tally {
  std::size_t written = 0;
  std::vector<std::string> unknown;  // changes that no row has
  std::set<std::string> seen;        // rows, by their two names
};

// What follows from a write of `name` as the findings say it, a line each: "W" where it changed itself, "U names" for
// what no row has, "S row".
std::string findings(const Sysctls& sysctls, const std::string& name,
                     const std::vector<std::size_t>& changed) {
  std::string report;
  for (const std::size_t index : changed) {
    const std::string& other = sysctls.names()[index];
    if (other == name || sysctls.value(index).empty()) {
      continue;
    }
    const Alias* const row = row_of(name, other);
    report += row == nullptr
                  ? "U" + name + " -> " + other + "\n"
                  : "S" + std::string(row->written) + " -> " + std::string(row->changed) + "\n";
  }
  return report;
}

// In the namespace of the child; the findings go to the pipe.
void try_all(int to_parent) {
  add_interfaces();
  Sysctls sysctls(names_of_net());
  std::string report;
  for (std::size_t index = 0; index < sysctls.names().size(); ++index) {
    const std::string& name = sysctls.names()[index];
    if (!is_tried(name)) {
      continue;
    }
    for (const std::string& other : other_values(sysctls.value(index))) {
      if (!write_value(name, other)) {
        continue;
      }
      const std::vector<std::size_t> changed = sysctls.read_again();
      report += findings(sysctls, name, changed);
      const bool is_changed = std::ranges::find(changed, index) != changed.end();
      report += is_changed ? "W\n" : "";
      // A switch of the table is switched both ways: whether others follow depends on what they
      // have.
      if (is_changed && (other.size() > 1 || !is_written_in_a_row(name))) {
        break;
      }
    }
  }
  std::size_t at = 0;
  while (at < report.size()) {
    const ssize_t length = ::write(to_parent, report.data() + at, report.size() - at);
    if (length <= 0) {
      ::_exit(1);
    }
    at += static_cast<std::size_t>(length);
  }
}

Tally run() {
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    rlimit files{};
    (void)::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    if (::unshare(CLONE_NEWNET) != 0 || ::setrlimit(RLIMIT_NOFILE, &files) != 0) {
      ::_exit(1);
    }
    try_all(ends[1]);
    ::_exit(0);
  }
  (void)::close(ends[1]);
  std::string report;
  char buffer[4096];
  for (ssize_t length = 0; (length = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    report.append(buffer, static_cast<std::size_t>(length));
  }
  (void)::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  Tally tally;
  for (std::size_t at = 0; at < report.size();) {
    const std::size_t end = report.find('\n', at);
    const std::string line = report.substr(at + 1, end - at - 1);
    tally.written += report[at] == 'W' ? 1 : 0;
    if (report[at] == 'U') {
      tally.unknown.push_back(line);
    } else if (report[at] == 'S') {
      tally.seen.insert(line);
    }
    at = end + 1;
  }
  return tally;
}

}  // namespace

TEST_CASE("Aliases: a write of one sysctl changes what the table says, and nothing else") {
  if (::geteuid() != 0) {
    FAIL("needs root");
  }
  const Tally tally = run();
  WARN(tally.written << " changed, " << tally.seen.size() << " rows seen");
  CHECK(tally.unknown == std::vector<std::string>{});
  CHECK(tally.written > 200);
  // What every supported kernel has.
  for (const char* row : {
           "net/ipv4/ip_forward -> net/ipv4/conf/all/forwarding",
           "net/ipv4/ip_forward -> net/ipv4/conf/%/forwarding",
           "net/ipv4/ip_forward -> net/ipv4/conf/default/forwarding",
           "net/ipv4/ip_forward -> net/ipv4/conf/all/accept_redirects",
           "net/ipv4/conf/all/@ -> net/ipv4/conf/%/@",
           "net/ipv6/conf/all/@ -> net/ipv6/conf/%/@",
           "net/ipv6/conf/all/forwarding -> net/ipv6/conf/default/forwarding",
           "net/ipv6/conf/all/disable_ipv6 -> net/ipv6/conf/default/disable_ipv6",
           "net/ipv4/neigh/%/retrans_time -> net/ipv4/neigh/%/retrans_time_ms",
           "net/ipv6/neigh/%/base_reachable_time -> net/ipv6/neigh/%/base_reachable_time_ms",
           "net/ipv4/neigh/%/unres_qlen -> net/ipv4/neigh/%/unres_qlen_bytes",
           "net/ipv6/route/gc_min_interval -> net/ipv6/route/gc_min_interval_ms",
       }) {
    INFO(row);
    CHECK(tally.seen.contains(row));
  }
  if (::access("/proc/sys/net/mptcp/path_manager", F_OK) == 0) {
    CHECK(tally.seen.contains("net/mptcp/pm_type -> net/mptcp/path_manager"));
  }
}
