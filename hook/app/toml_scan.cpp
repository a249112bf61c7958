// SPDX-License-Identifier: Apache-2.0
// toml_scan.cpp - one pass over the text: headers, keys, and values up to the line break that ends them.
//
// A value goes on over line breaks while a bracket is open or a string of three quotes is. Escapes in
// strings are kept as they are but for the quote they protect: paths have none.
#include "app/toml_scan.h"

#include <algorithm>

namespace sg::app {
namespace {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<TomlScan> run() {
    while (skip_layout(), !at_end()) {
      if (peek() == '[' ? !read_header() : !read_setting()) {
        return std::nullopt;
      }
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] char peek() const { return text_[at_]; }

  void skip_comment() { at_ = std::min(text_.find('\n', at_), text_.size()); }

  // Blanks, line breaks and comments between statements.
  void skip_layout() {
    while (!at_end()) {
      if (peek() == '#') {
        skip_comment();
      } else if (std::string_view(" \t\r\n").find(peek()) != std::string_view::npos) {
        ++at_;
      } else {
        return;
      }
    }
  }

  // [table] or [[array]]; the rest of the line is passed over.
  bool read_header() {
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string_view line = text_.substr(at_, end - at_);
    const std::size_t close = line.rfind(']', line.find('#'));
    if (close == std::string_view::npos) {
      return false;
    }
    table_ = plain(line.substr(1, close - 1));
    out_.tables.push_back(table_);
    at_ = end;
    return true;
  }

  // Without quotes, blanks and brackets.
  static std::string plain(std::string_view name) {
    std::string out;
    std::ranges::copy_if(name, std::back_inserter(out), [](char c) {
      return std::string_view("\"' \t[]").find(c) == std::string_view::npos;
    });
    return out;
  }

  bool read_setting() {
    const std::size_t equals = text_.find('=', at_);
    if (equals == std::string_view::npos ||
        text_.substr(at_, equals - at_).find('\n') != std::string_view::npos) {
      return false;
    }
    TomlSetting setting{table_, plain(text_.substr(at_, equals - at_)), "", {}};
    at_ = equals + 1;
    int depth = 0;
    while (!at_end() && (depth > 0 || peek() != '\n')) {
      const char c = peek();
      if (c == '"' || c == '\'') {
        if (!read_string(setting)) {
          return false;
        }
        continue;
      }
      if (c == '#') {
        skip_comment();
        continue;
      }
      depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
      setting.value += c;
      ++at_;
    }
    trim(setting.value);
    out_.settings.push_back(std::move(setting));
    return depth == 0;
  }

  bool read_string(TomlSetting& setting) {
    const char quote = peek();
    const std::string three(3, quote);
    const std::string end = text_.substr(at_).starts_with(three) ? three : std::string(1, quote);
    const std::size_t begin = at_ + end.size();
    std::size_t close = begin;
    while (close < text_.size() && !text_.substr(close).starts_with(end)) {
      if (end.size() == 1 && text_[close] == '\n') {
        return false;
      }
      close += quote == '"' && text_[close] == '\\' ? 2 : 1;
    }
    if (close >= text_.size()) {
      return false;
    }
    setting.strings.emplace_back(text_.substr(begin, close - begin));
    at_ = close + end.size();
    setting.value += text_.substr(begin - end.size(), at_ - begin + end.size());
    return true;
  }

  static void trim(std::string& text) {
    const auto is_layout = [](char c) {
      return std::string_view(" \t\r\n").find(c) != std::string_view::npos;
    };
    while (!text.empty() && is_layout(text.back())) {
      text.pop_back();
    }
    text.erase(0,
               static_cast<std::size_t>(std::ranges::find_if_not(text, is_layout) - text.begin()));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string table_;
  TomlScan out_;
};

}  // namespace

std::optional<TomlScan> scan_toml(std::string_view text) { return Scanner(text).run(); }

const TomlSetting* find_setting(const TomlScan& scan, std::string_view table,
                                std::string_view key) {
  const TomlSetting* found = nullptr;
  for (const TomlSetting& setting : scan.settings) {
    if (setting.table == table && setting.key == key) {
      found = &setting;
    }
  }
  return found;
}

}  // namespace sg::app
