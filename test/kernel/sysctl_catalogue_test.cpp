// SPDX-License-Identifier: Apache-2.0
// sysctl_catalogue_test.cpp - data/sysctls against the kernel that runs.
//
// What is there, and what may be written, here and in fresh namespaces, is what walked.tsv says of
// this kernel. Kernels of one release that are built otherwise have other sysctls, so what is
// missing is no fault; what is there and has no row is one in a guest of the matrix. walked.tsv is of x86-64; how arm64
// differs is here. And no sysctl stores another number than the one that is written, as long as that is within its
// width; and none below net takes a number that its `takes` row has not. `[print]` prints what was seen, for
// data/sysctls/make_walked.py.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/sysctl_walk.h"
#include "policy/value_rule.h"
#include "support/catch.h"
#include "sysctl/catalogue.h"
#include "sysctl/kinds.h"
#include "sysctl/namespace_of.h"
#include "sysctl/walked.h"

using namespace sg;
using namespace sg::test;

namespace {

// "6.18" of "6.18.44-amd64".
std::string own_release() {
  utsname name{};
  REQUIRE(::uname(&name) == 0);
  const std::string release = name.release;
  return release.substr(0, release.find_first_not_of("0123456789", release.find('.') + 1));
}

std::optional<std::vector<std::string>> read_numbers(const std::string& name) {
  const int fd = ::open(("/proc/sys/" + name).c_str(), O_RDONLY | O_CLOEXEC);
  std::string text(4096, '\0');
  const ssize_t length = fd < 0 ? -1 : ::read(fd, text.data(), text.size());
  if (fd >= 0) {
    (void)::close(fd);
  }
  if (length <= 0) {
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(length));
  std::istringstream words(text);
  return std::vector<std::string>(std::istream_iterator<std::string>(words), {});
}

bool write_numbers(const std::string& name, const std::vector<std::string>& numbers) {
  std::string text;
  for (const std::string& number : numbers) {
    text += (text.empty() ? "" : " ") + number;
  }
  const int fd = ::open(("/proc/sys/" + name).c_str(), O_WRONLY | O_CLOEXEC);
  const bool done = fd >= 0 && ::write(fd, text.data(), text.size()) == ssize_t(text.size());
  if (fd >= 0) {
    (void)::close(fd);
  }
  return done;
}

// What is wrong with the largest numbers of each wide sysctl, and how many were stored. Those of
// the host are written where nobody else lives on this machine.
struct Stored {
  std::string wrong;
  int count = 0;
};

// What the kernel rounds: it keeps times in ticks, of a hundredth of a second at most.
bool is_nearly(const std::string& stored, const std::string& written) {
  constexpr long long kTick = 10;
  return stored != "-0" && std::llabs(std::stoll(stored) - std::stoll(written)) <= kTick;
}

// Whether a row of what kernels take has the number, or there is none.
bool is_taken(const std::string& name, const std::string& number) {
  const std::optional<sysctl::Taken> row = sysctl::taken_numbers(name);
  const long long parsed = std::stoll(number);
  return !row ||
         (parsed >= row->low && (parsed < 0 || static_cast<std::uint64_t>(parsed) <= row->high));
}

// The same of all numbers that are an int's or narrower, with the names of the namespaces that the
// caller has to himself: those a rule may be for, at the ends of what it may say of them.
void store_small_numbers(Stored& stored) {
  namespace fs = std::filesystem;
  for (const auto& entry : fs::recursive_directory_iterator("/proc/sys/net")) {
    const std::string name = entry.path().string().substr(std::string("/proc/sys/").size());
    const sysctl::Width width = sysctl::width_of(name);
    const bool is_wide = width == sysctl::Width::kUint32 || width == sysctl::Width::kInt64 ||
                         width == sysctl::Width::kUint64;
    if (!entry.is_regular_file() || is_wide ||
        sysctl::kind_of(name).kind != sysctl::Kind::kNumbers ||
        ::access(entry.path().c_str(), R_OK | W_OK) != 0) {
      continue;
    }
    const auto before = read_numbers(name);
    const policy::Bounds held = policy::bounds_of(width);
    for (const char* number : {"-2147483648", "-2147483647", "-5", "-1", "0", "1", "2", "7", "300",
                               "65537", "16777217", "214748364", "214748365", "429496730",
                               "536870912", "858993460", "1073741824", "2147483647"}) {
      const policy::Integer parsed = policy::parse_integer(number).value();
      if (!before || parsed < held.low || parsed > held.high) {
        continue;
      }
      const auto now = read_numbers(name);
      if (!write_numbers(name, std::vector<std::string>(before->size(), number))) {
        continue;  // refused
      }
      if (!is_taken(name, number)) {
        stored.wrong += name + "=" + number + " (taken) ";
      }
      const auto after = read_numbers(name);
      if (after && std::ranges::all_of(*after, [number](const std::string& one) {
            return is_nearly(one, number);
          })) {
        stored.count += 1;
      } else if (after != now) {
        stored.wrong += name + "=" + number + " ";
      }
    }
    if (before) {
      (void)write_numbers(name, *before);
    }
  }
}

Stored store_large_numbers(bool is_throwaway) {
  Stored stored;
  for (const sysctl::NumbersOf& wide : sysctl::wide_names()) {
    const std::string name(wide.name);
    // Huge pages are taken as many as there is memory for; what bset loses is lost.
    if ((!sysctl::namespace_of(name, sysctl::PidSysctls::kNone) && !is_throwaway) ||
        name.starts_with("vm/nr_") || name.starts_with("kernel/usermodehelper/")) {
      continue;
    }
    const auto before = read_numbers(name);
    if (!before) {
      continue;
    }
    for (const char* number :
         {"2147483648", "4294967294", "4294967295", "4294967297", "8589934593",
          "9223372036854775807", "9223372036854775809", "18446744073709551615"}) {
      const std::optional<policy::Integer> parsed = policy::parse_integer(number);
      if (!parsed || *parsed > policy::bounds_of(wide.width).high) {
        continue;
      }
      const std::vector<std::string> written(before->size(), number);
      const auto now = read_numbers(name);  // not each can be put back, as 0 to vm.dirty_bytes
      const bool done = write_numbers(name, written);
      const auto after = read_numbers(name);
      (void)write_numbers(name, *before);
      stored.count += done && after == written ? 1 : 0;
      if (after != written && after != now) {
        stored.wrong += name + "=" + number + " ";
      }
    }
  }
  return stored;
}

// Where arm64 differs from walked.tsv: a letter for each kernel there, on the host and in a namespace alike. 6.18 was not
// run.
#ifdef __aarch64__
constexpr bool kIsArm64 = true;
#else
constexpr bool kIsArm64 = false;
#endif
struct OnArm64 {
  std::string_view name;
  std::string_view letters;
};
constexpr OnArm64 kOnArm64[] = {
    {"abi/cp15_barrier", "www?w"},
    {"abi/setend", "www?w"},
    {"abi/sme_default_vector_length", "---?w"},
    {"abi/sve_default_vector_length", "www?w"},
    {"abi/swp", "www?w"},
    {"abi/tagged_addr_disabled", "www?w"},
    {"kernel/nmi_watchdog", "rrw?w"},
    {"kernel/perf_user_access", "-ww?w"},
    {"vm/memory_failure_early_kill", "www?w"},
    {"vm/memory_failure_recovery", "www?w"},
};

// What is expected of a sysctl, on the host and in a namespace, as two letters; none where it has no row.
std::string expected_of(std::string_view name, std::size_t kernel) {
  for (const OnArm64& row : kOnArm64) {
    if (kIsArm64 && row.name == name) {
      return std::string(2, row.letters[kernel]);
    }
  }
  const sysctl::Walked* const row = sysctl::find_walked(name);
  return row == nullptr ? "" : std::string{row->initial[kernel], row->fresh[kernel]};
}

}  // namespace

TEST_CASE("Catalogue: a number within its width is stored as it is written, or refused") {
  const bool is_throwaway = std::getenv("SG_THROWAWAY") != nullptr;
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const bool is_apart = ::unshare(CLONE_NEWNET | CLONE_NEWIPC) == 0;
    Stored stored = is_apart ? store_large_numbers(is_throwaway) : Stored{"unshare", 0};
    if (is_apart) {
      store_small_numbers(stored);
    }
    const std::string line = std::to_string(stored.count) + " " + stored.wrong;
    ::_exit(::write(ends[1], line.data(), line.size()) < 0 ? 1 : 0);
  }
  (void)::close(ends[1]);
  std::string line(4096, '\0');
  const ssize_t length = ::read(ends[0], line.data(), line.size());
  REQUIRE(length > 0);
  (void)::close(ends[0]);
  REQUIRE(::waitpid(child, nullptr, 0) == child);
  std::istringstream found(line.substr(0, static_cast<std::size_t>(length)));
  int count = 0;
  found >> count;
  std::string wrong;
  std::getline(found, wrong);
  CHECK(wrong == " ");
  WARN(count << " numbers were stored");
  CHECK(count >= 1000);
}

TEST_CASE("Catalogue: prints what this kernel has", "[.][print]") {
  std::printf("walked %s\n", own_release().c_str());
  for (const auto& [name, walked] : walk_sysctls()) {
    std::printf("sysctl %s %c %c %s\n", name.c_str(), static_cast<char>(walked.initial),
                static_cast<char>(walked.fresh), walked.form.c_str());
  }
}

TEST_CASE("Catalogue: what this kernel has is what the catalogue says of it") {
  if (::geteuid() != 0) {
    FAIL("needs root");
  }
  const std::size_t kernel = sysctl::kernel_index(own_release());
  if (kernel == sysctl::kNoKernel) {
    WARN("the catalogue does not know Linux " << own_release());
    return;
  }
  std::vector<std::string> wrong;
  std::string unknown;
  std::size_t seen = 0;
  for (const auto& [name, walked] : walk_sysctls()) {
    ++seen;
    const std::string here{static_cast<char>(walked.initial), static_cast<char>(walked.fresh)};
    const std::string expected = expected_of(name, kernel);
    if (expected.empty()) {
      unknown += name + " ";
    } else if (expected != here) {
      wrong.push_back(name + ": here " + here + ", in the catalogue " + expected);
    }
  }
  CHECK(wrong == std::vector<std::string>{});
  // A host may have modules that no guest has loaded.
  if (std::getenv("SG_THROWAWAY") != nullptr) {
    CHECK(unknown == "");
  } else if (!unknown.empty()) {
    WARN("the catalogue has no row for " << unknown);
  }
  CHECK(seen > 600);
}
