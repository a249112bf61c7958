// SPDX-License-Identifier: Apache-2.0
// walked_test.cpp - the rows of the made table, and which names can be one of them.
#include "sysctl/walked.h"

#include <algorithm>

#include "support/catch.h"

using namespace sg::sysctl;

TEST_CASE("Walked: rows are sorted, with a letter for each kernel") {
  CHECK(std::ranges::is_sorted(walked(), {}, &Walked::name));
  CHECK(std::ranges::adjacent_find(walked(), {}, &Walked::name) == walked().end());
  for (const Walked& row : walked()) {
    INFO(row.name);
    CHECK(row.initial.size() == walked_kernels().size());
    CHECK(row.fresh.size() == walked_kernels().size());
    for (std::size_t i = 0; i < row.initial.size(); ++i) {
      CHECK((row.initial[i] == '-') == (row.fresh[i] == '-'));
    }
  }
  for (const char* release : {"5.10", "6.1", "6.12", "6.18"}) {
    CHECK(kernel_index(release) != kNoKernel);
  }
  CHECK(kernel_index("2.4") == kNoKernel);
  CHECK(nearest_kernel(6, 1) == kernel_index("6.1"));
  CHECK(nearest_kernel(6, 8) == kernel_index("6.1"));
  CHECK(nearest_kernel(5, 15) == kernel_index("5.10"));
  CHECK(nearest_kernel(4, 19) == 0);
  CHECK(nearest_kernel(9, 0) == walked_kernels().size() - 1);
}

TEST_CASE("Walked: what everybody has, and what a namespace of its own has not") {
  const Walked* const forward = find_walked("net/ipv4/ip_forward");
  REQUIRE(forward != nullptr);
  CHECK(forward->fresh.find_first_not_of('w') == std::string_view::npos);
  CHECK(forward->form == "1");
  const Walked* const qdisc = find_walked("net/core/default_qdisc");
  REQUIRE(qdisc != nullptr);
  CHECK(qdisc->initial.find_first_not_of('w') == std::string_view::npos);
  CHECK(qdisc->fresh.find('w') == std::string_view::npos);
  CHECK(find_walked("net/ipv4/ip_foward") == nullptr);
  CHECK(find_walked("net/ipv4/conf/*/rp_filter") != nullptr);
}
