// SPDX-License-Identifier: Apache-2.0
// sysctl_catalogue_test.cpp - data/sysctls against the kernel that runs.
//
// What is there, and what may be written, here and in fresh namespaces, is what walked.tsv says of
// this kernel. Kernels of one release that are built otherwise have other sysctls, so what is
// missing is no fault; what is there and has no row is one. `[print]` prints what was seen, for
// data/sysctls/make_walked.py.
#include <cstdio>
#include <string>
#include <vector>

#include <sys/utsname.h>
#include <unistd.h>

#include "kernel/sysctl_walk.h"
#include "support/catch.h"
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

}  // namespace

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
  std::size_t seen = 0;
  for (const auto& [name, walked] : walk_sysctls()) {
    ++seen;
    const sysctl::Walked* const row = sysctl::find_walked(name);
    if (row == nullptr) {
      wrong.push_back(name + ": has no row");
    } else if (row->initial[kernel] != static_cast<char>(walked.initial) ||
               row->fresh[kernel] != static_cast<char>(walked.fresh)) {
      wrong.push_back(name + ": here " + static_cast<char>(walked.initial) +
                      static_cast<char>(walked.fresh) + ", in the catalogue " +
                      row->initial[kernel] + row->fresh[kernel]);
    }
  }
  CHECK(wrong == std::vector<std::string>{});
  CHECK(seen > 700);
}
