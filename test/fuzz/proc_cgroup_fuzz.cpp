// SPDX-License-Identifier: Apache-2.0
// proc_cgroup_fuzz.cpp - any text of /proc/<pid>/cgroup, with any cgroupsPath, ID and hook.
//
// Input: the text, cgroupsPath, the ID and the hook's own cgroup, with a byte 0x01 between them.
// Held for every input: a path that is found is the leaf or above it, whole components, never the
// root, and not above the hook; an ID and a cgroupsPath that stand nowhere in the leaf find
// nothing; an error is of a kind that the header names, printable, and short enough for one line of
// a log.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "host/cgroup_path.h"

namespace {

using sg::Errc;
using sg::Error;
using sg::Result;
using sg::host::ContainerCgroup;

void check_error(const Error& error) {
  SG_CHECK(!error.message.empty());
  SG_CHECK(error.message.size() + error.hint.size() < 1000);
  for (const char c : error.message + error.hint) {
    SG_CHECK(sg::is_printable(c));
  }
}

bool is_above_or_same(const std::string& upper, const std::string& lower) {
  return (lower + "/").starts_with(upper + "/");
}

void check_container(const ContainerCgroup& container) {
  const Result<std::string> top = sg::host::container_cgroup(container);
  if (!top) {
    SG_CHECK(top.error().code == Errc::kUnsupported);
    SG_CHECK(!top.error().hint.empty());
    check_error(top.error());
    return;
  }
  SG_CHECK(top->size() > 1);
  SG_CHECK((*top + "/").find("/../") == std::string::npos);
  SG_CHECK((*top + "/").find("/./") == std::string::npos);
  SG_CHECK(top->find("//") == std::string::npos);
  SG_CHECK(top->find('\0') == std::string::npos);
  SG_CHECK(is_above_or_same(*top, container.leaf));
  SG_CHECK(!is_above_or_same(*top, container.hook));
  // What names the cgroup stands at the end of it: the ID, the unit or the last of cgroupsPath.
  const std::string last = top->substr(top->rfind('/') + 1);
  const bool has_id = !container.id.empty() && last.find(container.id) != std::string::npos;
  const bool is_relative_path =
      !container.cgroups_path.empty() && container.leaf.ends_with("/" + container.cgroups_path);
  SG_CHECK(has_id || is_relative_path || container.cgroups_path.find('/') != std::string::npos ||
           container.cgroups_path.find(':') != std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  std::array<std::string, 4> fields;
  std::size_t field = 0;
  for (const std::string_view piece : sg::split(input, '\x01')) {
    if (field < fields.size()) {
      fields[field++] = piece;
    }
  }
  Result<std::string> leaf = sg::host::parse_proc_cgroup(fields[0]);
  if (!leaf) {
    SG_CHECK(leaf.error().code == Errc::kUnsupported || leaf.error().code == Errc::kBadInput);
    check_error(leaf.error());
    return 0;
  }
  SG_CHECK(leaf->starts_with('/'));
  SG_CHECK(fields[0].find("0::" + *leaf) != std::string::npos);
  check_container({*leaf, fields[1], fields[2], fields[3]});
  check_container({*leaf, "", fields[2], fields[3]});
  check_container({fields[3], fields[1], fields[2], *leaf});
  return 0;
}
