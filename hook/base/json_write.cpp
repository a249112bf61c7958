// SPDX-License-Identifier: Apache-2.0
// json_write.cpp - the layout; the JSON library quotes the strings.
//
// The library's own writer knows two layouts, no blank at all and a line for each value. Neither is the one
// that the documents of this project have had from the start.
#include "base/json_write.h"

#include "base/check.h"
#include "base/json.h"

namespace sg {

Json::Json(std::string_view value) : text_(json_quote(value)) {}

Json Json::object(std::vector<Member> members) {
  Json out(Kind::kObject);
  out.members_ = std::move(members);
  return out;
}

void Json::add(Json element) {
  SG_CHECK(kind_ == Kind::kArray);
  members_.push_back({"", std::move(element)});
}

std::string Json::line() const {
  if (kind_ == Kind::kScalar) {
    return text_;
  }
  std::string out;
  for (const Member& member : members_) {
    out += out.empty() ? "" : ", ";
    out += (kind_ == Kind::kObject ? json_quote(member.key) + ": " : "") + member.value.line();
  }
  return kind_ == Kind::kObject ? "{" + out + "}" : "[" + out + "]";
}

std::string Json::document() const {
  std::string out;
  for (const Member& member : members_) {
    const Json& value = member.value;
    out += (out.empty() ? "{\n  " : ",\n  ") + json_quote(member.key) + ": ";
    if (value.kind_ != Kind::kArray || value.members_.empty() ||
        value.members_.front().value.kind_ != Kind::kObject) {
      out += value.line();
      continue;
    }
    std::string elements;
    for (const Member& element : value.members_) {
      elements += (elements.empty() ? "[\n    " : ",\n    ") + element.value.line();
    }
    out += elements + "\n  ]";
  }
  return out + "\n}\n";
}

Json text_or_null(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace sg
