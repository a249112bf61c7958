// SPDX-License-Identifier: Apache-2.0
// toml_scan.cpp - one pass over the text: headers, keys, and values up to the line break that ends them.
//
// A value goes on over line breaks while a bracket is open or a string of three quotes is. Escapes in
// strings are kept as they are but for the quote they protect: paths have none.
#include "app/install/toml_scan.h"

#include <algorithm>

namespace sg::app {
namespace {

constexpr std::string_view kBare =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

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

  void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t", at_), text_.size()); }

  // [table] or [[array]], and nothing but a comment behind it.
  bool read_header() {
    const std::string_view open = text_.substr(at_).starts_with("[[") ? "[[" : "[";
    const std::string_view close = open.size() == 2 ? "]]" : "]";
    at_ += open.size();
    const std::optional<std::string> name = read_key();
    if (!name || !text_.substr(at_).starts_with(close)) {
      return false;
    }
    at_ += close.size();
    table_ = *name;
    out_.tables.push_back(table_);
    skip_blanks();
    return at_end() || std::string_view("#\r\n").find(peek()) != std::string_view::npos;
  }

  // A key, dotted or not, and the blanks around it.
  std::optional<std::string> read_key() {
    std::string path;
    for (;;) {
      skip_blanks();
      const std::size_t size = path.size();
      if (!at_end() && (peek() == '"' || peek() == '\'')) {
        const std::size_t close = text_.find_first_of(std::string{peek(), '\n', '\\'}, at_ + 1);
        if (close == std::string_view::npos || text_[close] != peek()) {
          return std::nullopt;
        }
        path += text_.substr(at_ + 1, close - at_ - 1);
        at_ = close + 1;
      } else {
        const std::size_t end = std::min(text_.find_first_not_of(kBare, at_), text_.size());
        path += text_.substr(at_, end - at_);
        at_ = end;
        if (path.size() == size) {
          return std::nullopt;
        }
      }
      skip_blanks();
      if (at_end() || peek() != '.') {
        return path;
      }
      path += '.';
      ++at_;
    }
  }

  bool read_setting() {
    const std::optional<std::string> key = read_key();
    if (!key || at_end() || peek() != '=') {
      return false;
    }
    TomlSetting setting{table_, table_.empty() ? *key : table_ + "." + *key, "", {}};
    ++at_;
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
    const bool is_whole = depth == 0 && !setting.value.empty();
    out_.settings.push_back(std::move(setting));
    return is_whole;
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
  const std::string path = (table.empty() ? "" : std::string(table) + ".").append(key);
  const TomlSetting* found = nullptr;
  for (const TomlSetting& setting : scan.settings) {
    if (setting.path == path) {
      found = &setting;
    }
  }
  return found;
}

const TomlSetting* find_above(const TomlScan& scan, std::string_view path) {
  const auto found = std::ranges::find_if(scan.settings, [path](const TomlSetting& setting) {
    return setting.path != path && is_at_or_below(path, setting.path);
  });
  return found == scan.settings.end() ? nullptr : &*found;
}

bool is_at_or_below(std::string_view path, std::string_view above) noexcept {
  return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '.');
}

}  // namespace sg::app
