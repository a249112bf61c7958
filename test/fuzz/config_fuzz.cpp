// SPDX-License-Identifier: Apache-2.0
// config_fuzz.cpp - any bytes as a config.json, and as JSON that is passed over.
//
// Held for every input: the parser ends without a fault; the same text gives the same answer twice;
// an error is bad input, printable and short. And passing over is no laxer and no stricter than
// reading: text that is read as a whole is also taken where nothing of it is wanted, also as one
// member among wanted ones, and text that is no JSON is refused where nothing is wanted too.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/json.h"
#include "base/text.h"
#include "oci/bundle.h"

namespace {

using sg::JsonItem;
using sg::oci::Config;
using sg::oci::Namespace;
using Path = std::vector<std::string_view>;

bool same(const Config& a, const Config& b) {
  return a.annotations == b.annotations && a.sysctl == b.sysctl &&
         a.cgroups_path == b.cgroups_path &&
         std::equal(a.namespaces.begin(), a.namespaces.end(), b.namespaces.begin(),
                    b.namespaces.end(), [](const Namespace& x, const Namespace& y) {
                      return x.type == y.type && x.path == y.path;
                    });
}

void check_error(const sg::Error& error) {
  SG_CHECK(error.code == sg::Errc::kBadInput);
  SG_CHECK(error.message.size() < 300);
  SG_CHECK(std::all_of(error.message.begin(), error.message.end(), sg::is_printable));
}

// Errors that say the text itself is no JSON, whatever is wanted of it.
bool is_syntax_error(const sg::Error& error) {
  return error.message.rfind("document: is ", 0) == 0 &&
         error.message.find("deeper") == std::string::npos;
}

void check_skipping(const std::string& text) {
  static const std::array<Path, 1> kEverything = {Path{}};
  static const std::array<Path, 2> kEnds = {Path{"first"}, Path{"last"}};
  const auto whole = sg::read_json(text, "document", kEverything);
  const auto nothing = sg::read_json(text, "document", {});
  if (!whole) {
    check_error(whole.error());
    SG_CHECK(!nothing || !is_syntax_error(whole.error()));
    return;
  }
  SG_CHECK(nothing);
  // A byte order mark is legal at the beginning only; and here the text is one level deeper.
  const bool marked = text.rfind("\xef\xbb\xbf", 0) == 0;
  const bool deepest = std::any_of(whole->begin(), whole->end(), [](const JsonItem& item) {
    return item.path.size() + 1 >= sg::kJsonDepthMax;
  });
  if (marked || deepest) {
    return;
  }
  const auto among =
      sg::read_json(R"({"first":1,"passed over":)" + text + R"(,"last":"2"})", "document", kEnds);
  SG_CHECK(among && among->size() == 2);
  SG_CHECK((*among)[0].text == "1" && (*among)[1].text == "2");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check_skipping(text);
  const auto config = sg::oci::parse_config(text);
  const auto again = sg::oci::parse_config(text);
  SG_CHECK(static_cast<bool>(config) == static_cast<bool>(again));
  if (!config) {
    SG_CHECK(config.error().message == again.error().message);
    SG_CHECK(!config.error().hint.empty());
    check_error(config.error());
    return 0;
  }
  SG_CHECK(same(*config, *again));
  SG_CHECK(config->cgroups_path.find('\0') == std::string::npos);
  SG_CHECK(sg::oci::is_config_of(*config, config->annotations));
  return 0;
}
