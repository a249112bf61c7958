// SPDX-License-Identifier: Apache-2.0
// json_write.h - values into JSON text, for documents that programs print.
//
// A document has one layout: each member of it on a line of its own, each object in a list of it
// too, and everything below that on one line. The text is printable ASCII whatever the strings
// hold: see json_quote().
#pragma once

#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sg {

class Json {
 public:
  struct Member;

  Json() = default;  // null
  template <std::same_as<bool> T>
  Json(T value) : text_(value ? "true" : "false") {}
  template <std::integral T>
  requires(!std::same_as<T, bool>) Json(T value) : text_(std::to_string(value)) {}
  Json(std::string_view value);
  Json(const std::string& value) : Json(std::string_view(value)) {}
  Json(const char* value) : Json(std::string_view(value)) {}
  template <typename T>
  Json(const std::optional<T>& value) : Json(value ? Json(*value) : Json()) {}

  // The members and elements keep their order.
  [[nodiscard]] static Json object(std::vector<Member> members);
  [[nodiscard]] static Json array() { return Json(Kind::kArray); }
  // An element of the array for each value of the range, which becomes JSON or is given to
  // `convert` before.
  template <typename Range, typename Convert = std::identity>
  [[nodiscard]] static Json array_of(const Range& range, Convert convert = {}) {
    Json out(Kind::kArray);
    for (const auto& value : range) {
      out.add(Json(std::invoke(convert, value)));
    }
    return out;
  }

  // To an array.
  void add(Json element);

  // Whole on one line, without a newline: {"a": 1, "b": ["x", null]}.
  [[nodiscard]] std::string line() const;
  // Over several lines, with a final newline.
  [[nodiscard]] std::string document() const;

 private:
  enum class Kind { kScalar, kArray, kObject };

  explicit Json(Kind kind) : kind_(kind) {}

  Kind kind_ = Kind::kScalar;
  std::string text_ = "null";      // of a scalar
  std::vector<std::string> keys_;  // of an object, one for each value
  std::vector<Json> values_;
};

struct Json::Member {
  std::string key;
  Json value;
};

// A string, and null for an empty one.
[[nodiscard]] Json text_or_null(const std::string& text);

}  // namespace sg
