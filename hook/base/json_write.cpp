// SPDX-License-Identifier: Apache-2.0
// json_write.cpp - the layout; the JSON library quotes the strings.
//
// The library's own writer knows two layouts, no blank at all and a line for each value. Neither is
// the one that the documents of this project have had from the start.
#include "base/json_write.h"

#include "base/check.h"
#include "base/json.h"

namespace sg {

Json::Json(std::string_view value) : text_(json_quote(value)) {}

Json Json::object(std::vector<Member> members) {
  Json out(Kind::kObject);
  for (Member& member : members) {
    out.keys_.push_back(std::move(member.key));
    out.values_.push_back(std::move(member.value));
  }
  return out;
}

void Json::add(Json element) {
  SG_CHECK(kind_ == Kind::kArray);
  values_.push_back(std::move(element));
}

std::string Json::line() const {
  if (kind_ == Kind::kScalar) {
    return text_;
  }
  const bool is_object = kind_ == Kind::kObject;
  std::string out;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    out += i == 0 ? "" : ", ";
    out += (is_object ? json_quote(keys_[i]) + ": " : "") + values_[i].line();
  }
  return is_object ? "{" + out + "}" : "[" + out + "]";
}

std::string Json::document() const {
  std::string out;
  for (std::size_t i = 0; i < values_.size(); ++i) {
    const Json& value = values_[i];
    out += (i == 0 ? "{\n  " : ",\n  ") + json_quote(keys_[i]) + ": ";
    if (value.kind_ != Kind::kArray || value.values_.empty() ||
        value.values_.front().kind_ != Kind::kObject) {
      out += value.line();
      continue;
    }
    std::string elements;
    for (const Json& element : value.values_) {
      elements += (elements.empty() ? "[\n    " : ",\n    ") + element.line();
    }
    out += elements + "\n  ]";
  }
  return out + "\n}\n";
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace sg
