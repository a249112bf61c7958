// SPDX-License-Identifier: Apache-2.0
// libbpf_log.cpp - a print function for libbpf that remembers.
#include "kernel/libbpf_log.h"

#include <bpf/libbpf.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace sg::test {
namespace {

// The end of what was said. A verifier's log is long, and what matters stands near its end.
constexpr std::size_t kKept = 4096;

std::string& kept() {
  static std::string text;
  return text;
}

int keep(enum libbpf_print_level level, const char* format, va_list args) {
  if (level == LIBBPF_DEBUG) {
    return 0;
  }
  std::array<char, kKept> line;
  const int length = std::vsnprintf(line.data(), line.size(), format, args);
  if (length > 0) {
    std::string& text = kept();
    text += line.data();
    if (text.size() > kKept) {
      text.erase(0, text.size() - kKept);
    }
  }
  return length;
}

}  // namespace

void capture_libbpf_log() {
  kept().clear();
  libbpf_set_print(keep);
}

std::string libbpf_reason() {
  const std::vector<std::string_view> lines = split(kept(), '\n');
  const auto end = std::find_if(lines.rbegin(), lines.rend(), [](std::string_view line) {
    return line.find("END PROG LOAD LOG") != std::string_view::npos;
  });
  if (end == lines.rend()) {
    return std::string(lines.front());
  }
  // Behind its complaint the verifier writes statistics.
  const auto reason = std::find_if(end + 1, lines.rend(), [](std::string_view line) {
    return !line.empty() && !line.starts_with("processed ") && !line.starts_with("stack depth ") &&
           !line.starts_with("verification time ");
  });
  return reason == lines.rend() ? std::string() : std::string(*reason);
}

}  // namespace sg::test
