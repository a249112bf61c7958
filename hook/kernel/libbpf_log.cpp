// SPDX-License-Identifier: Apache-2.0
// libbpf_log.cpp - a print function for libbpf that remembers.
#include "kernel/libbpf_log.h"

#include <bpf/libbpf.h>

#include <array>
#include <cstdarg>
#include <cstdio>

namespace sg::kernel {
namespace {

// The end of what was said. A verifier's log is long, and its last line says why.
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

std::string last_libbpf_line() {
  std::string_view text = kept();
  while (!text.empty() && text.back() == '\n') {
    text.remove_suffix(1);
  }
  const std::size_t newline = text.rfind('\n');
  return std::string(newline == std::string_view::npos ? text : text.substr(newline + 1));
}

}  // namespace sg::kernel
