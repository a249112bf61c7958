// SPDX-License-Identifier: Apache-2.0
// json.cpp - one JSON document into the flat list of the values that are wanted.
//
// The library reads through a cursor and calls a Collector. The Collector keeps a frame for
// each open object or array that lies on the way to a wanted path or below one, and only a counter
// inside all others: an unwanted value costs the library's time and nothing more. How many keys and
// values there are is bounded by kJsonCountMax, and what is kept of them by kJsonItemMax and
// kJsonByteMax. This is the only file that includes the JSON library.
// The library calls itself for what is nested, which kJsonDepthMax bounds.
#include "base/json.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <set>

#include <rapidjson/encodings.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "base/json_cursor.h"
#include "base/text.h"

namespace sg {
namespace {

using Utf8 = rapidjson::UTF8<>;

constexpr const char* kNotJson = "is not valid JSON in UTF-8";

// What a value is to the caller: not wanted, above a wanted path, or at or below one.
enum class Part { kSkip, kWay, kWanted };

// An open object or array that is not skipped.
struct Frame {
  JsonType type;
  Part part;
  std::size_t item;            // its own, where `part` is kWanted or it is no object
  std::size_t next_index = 0;  // of the next element of an array
  std::set<std::string> keys;  // of an object, to find a second one
};

// What the library calls, by the names it has for it: each function returns whether to go on, and
// sets `failure_` before it returns false.
class Collector {
 public:
  Collector(Cursor& cursor, std::span<const std::vector<std::string_view>> wanted)
      : cursor_(cursor), wanted_(wanted) {}

  bool Null() { return scalar(JsonType::kNull, {}); }
  bool Bool(bool value) { return scalar(JsonType::kBool, value ? "true" : "false"); }
  bool RawNumber(const char* written, std::size_t size, bool) {
    return scalar(JsonType::kNumber, {written, size});
  }
  bool String(const char* rest, std::size_t size, bool) {
    return take_string({rest, size}) && scalar(JsonType::kString, string_);
  }
  bool Key(const char* rest, std::size_t size, bool) {
    return take_string({rest, size}) && key(string_);
  }
  bool StartObject() { return open(JsonType::kObject); }
  bool StartArray() { return open(JsonType::kArray); }
  bool EndObject(std::size_t) { return close(); }
  bool EndArray(std::size_t) { return close(); }
  // Numbers come as they are written.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(std::int64_t) { return false; }
  bool Uint64(std::uint64_t) { return false; }
  bool Double(double) { return false; }

  // Why the library stopped.
  [[nodiscard]] JsonProblem problem(const rapidjson::ParseResult& result) {
    if (!failure_.empty()) {
      return JsonProblem{std::move(failure_), cursor_.Tell() - 1, std::move(path_)};
    }
    if (result.Code() == rapidjson::kParseErrorNumberTooBig) {
      return JsonProblem{"holds a number that is too large", result.Offset(), std::move(path_)};
    }
    const bool ends = result.Code() != rapidjson::kParseErrorStringInvalidEncoding;
    return ends && cursor_.at_end()
               ? JsonProblem{"is JSON that ends too early", cursor_.Tell(), std::move(path_)}
               : JsonProblem{kNotJson, result.Offset(), std::move(path_)};
  }
  [[nodiscard]] std::vector<JsonItem> take_items() { return std::move(items_); }

 private:
  // Whether nothing is made of what is read now.
  [[nodiscard]] bool is_skipped() const noexcept { return skipped_ > 0; }
  bool fail(std::string why) {
    failure_ = std::move(why);
    return false;
  }
  bool take_string(std::string_view rest);
  bool key(std::string& name);
  void take_token();
  Part enter_value();
  [[nodiscard]] Part part_of_path() const;
  [[nodiscard]] std::string_view wanted_in_another_case(std::string_view key) const;
  bool add_item(JsonType type, std::string_view text);
  bool count_one();
  bool count_kept(std::size_t bytes);
  bool scalar(JsonType type, std::string_view text);
  bool open(JsonType type);
  bool close();

  Cursor& cursor_;
  std::span<const std::vector<std::string_view>> wanted_;
  std::vector<JsonItem> items_;
  std::vector<Frame> frames_;      // the open objects and arrays, outermost first
  std::vector<std::string> path_;  // of the value at hand: one component for each frame
  std::size_t skipped_ = 0;        // open objects and arrays inside an unwanted one, and itself
  std::size_t count_ = 0;
  std::size_t kept_count_ = 0;
  std::size_t kept_bytes_ = 0;
  Part member_part_ = Part::kSkip;  // of the value behind the last key
  std::size_t token_start_ = 0;     // of the token at hand
  std::size_t token_end_ = 0;
  std::size_t key_start_ = 0;
  std::string string_;  // the one that was read last; in what is skipped without its plain bytes
  std::string failure_;
};

// A string, of which the library has read `rest`, what stands behind the plain bytes.
bool Collector::take_string(std::string_view rest) {
  // The library takes the second half of a surrogate pair alone, from `\udc00`, and writes it as no
  // UTF-8 has it.
  constexpr char kLead = '\xed';
  constexpr unsigned char kFirstSurrogate = 0xa0;
  for (std::size_t at = rest.find(kLead); at < rest.size(); at = rest.find(kLead, at + 1)) {
    if (static_cast<unsigned char>(rest[at + 1]) >= kFirstSurrogate) {
      return fail(kNotJson);
    }
  }
  string_ = is_skipped() ? std::string_view() : cursor_.plain();
  string_ += rest;
  return true;
}

// Where the token at hand stands: the library calls back before it reads on.
void Collector::take_token() {
  token_start_ = cursor_.token_from(token_end_);
  token_end_ = cursor_.Tell();
}

bool Collector::count_one() {
  ++count_;
  return count_ <= kJsonCountMax ||
         fail("has more than the limit of " + std::to_string(kJsonCountMax) + " keys and values");
}

bool Collector::count_kept(std::size_t bytes) {
  ++kept_count_;
  if (kept_count_ > kJsonItemMax) {
    return fail("has more than the limit of " + std::to_string(kJsonItemMax) +
                " values where they matter");
  }
  kept_bytes_ += bytes;
  return kept_bytes_ <= kJsonByteMax ||
         fail("has values of more than the limit of " + std::to_string(kJsonByteMax) + " bytes");
}

// Compares `path_` with the wanted paths, component by component.
Part Collector::part_of_path() const {
  Part part = Part::kSkip;
  for (const std::vector<std::string_view>& want : wanted_) {
    const std::size_t common = std::min(want.size(), path_.size());
    if (!std::equal(want.begin(), want.begin() + static_cast<std::ptrdiff_t>(common),
                    path_.begin())) {
      continue;
    }
    if (want.size() <= path_.size()) {
      return Part::kWanted;
    }
    part = Part::kWay;
  }
  return part;
}

// The component of a wanted path that could stand where `key` stands and differs from it in case
// alone; empty where there is none.
std::string_view Collector::wanted_in_another_case(std::string_view key) const {
  const std::size_t depth = path_.size() - 1;
  for (const std::vector<std::string_view>& want : wanted_) {
    if (want.size() > depth && key != want[depth] && is_folded_key(key, want[depth]) &&
        std::equal(path_.begin(), path_.end() - 1, want.begin())) {
      return want[depth];
    }
  }
  return {};
}

// What the value that begins now is; completes `path_` to its path. For members of objects the key
// did both.
Part Collector::enter_value() {
  if (frames_.empty()) {
    return part_of_path();
  }
  Frame& frame = frames_.back();
  if (frame.type == JsonType::kObject) {
    return member_part_;
  }
  path_.back() = std::to_string(frame.next_index);
  ++frame.next_index;
  return frame.part == Part::kWanted ? Part::kWanted : part_of_path();
}

bool Collector::add_item(JsonType type, std::string_view text) {
  // A component costs as much as its bytes and the object that holds them, however short it is.
  std::size_t bytes = text.size() + path_.size() * sizeof(std::string);
  for (const std::string& component : path_) {
    bytes += component.size();
  }
  if (!count_kept(bytes)) {
    return false;
  }
  const bool is_member = !frames_.empty() && frames_.back().type == JsonType::kObject;
  items_.push_back(JsonItem{path_, type, std::string(text), token_start_, token_end_,
                            is_member ? key_start_ : 0});
  return true;
}

bool Collector::scalar(JsonType type, std::string_view text) {
  if (!count_one()) {
    return false;
  }
  if (skipped_ > 0) {
    return true;
  }
  take_token();
  return enter_value() == Part::kSkip || add_item(type, text);
}

bool Collector::open(JsonType type) {
  if (frames_.size() + skipped_ >= kJsonDepthMax) {
    return fail("is nested deeper than the limit of " + std::to_string(kJsonDepthMax) + " levels");
  }
  if (!count_one()) {
    return false;
  }
  if (skipped_ > 0) {
    ++skipped_;
    return true;
  }
  take_token();
  const Part part = enter_value();
  if (part == Part::kSkip) {
    skipped_ = 1;
    return true;
  }
  if ((part == Part::kWanted || type != JsonType::kObject) && !add_item(type, {})) {
    return false;
  }
  frames_.push_back(Frame{type, part, items_.size() - 1, 0, {}});
  path_.emplace_back();
  return true;
}

bool Collector::close() {
  take_token();
  if (skipped_ > 0) {
    --skipped_;
    return true;
  }
  const Frame& frame = frames_.back();
  if (frame.part == Part::kWanted || frame.type != JsonType::kObject) {
    items_[frame.item].end = token_end_;
  }
  frames_.pop_back();
  path_.pop_back();
  return true;
}

bool Collector::key(std::string& name) {
  if (name.find('\0') != std::string::npos) {
    return fail("has the key '" + escape(name, 128) +
                "', which some programs read up to its zero byte only");
  }
  if (!count_one()) {
    return false;
  }
  if (skipped_ > 0) {
    return true;
  }
  take_token();
  key_start_ = token_start_;
  Frame& frame = frames_.back();
  if (!frame.keys.insert(name).second) {
    return fail("has the key '" + escape(name, 128) + "' twice in one object");
  }
  if (!count_kept(name.size())) {
    return false;
  }
  if (const std::string_view wanted = wanted_in_another_case(name); !wanted.empty()) {
    return fail("has the key '" + escape(name, 128) + "', which some programs take for '" +
                std::string(wanted) + "'");
  }
  path_.back() = std::move(name);
  member_part_ = frame.part == Part::kWanted ? Part::kWanted : part_of_path();
  return true;
}

}  // namespace

std::variant<std::vector<JsonItem>, JsonProblem> scan_json(
    std::string_view text, std::span<const std::vector<std::string_view>> wanted) {
  // To the library a zero byte is the end of the text.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return JsonProblem{"is not valid JSON but holds a zero byte", zero, {}};
  }
  // Some programs pass over one, runc and crun refuse it.
  if (text.starts_with("\xef\xbb\xbf")) {
    return JsonProblem{"begins with a byte order mark", 0, {}};
  }
  Cursor cursor(text);
  Collector collector(cursor, wanted);
  constexpr unsigned kFlags =
      rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult result = rapidjson::Reader().Parse<kFlags>(cursor, collector);
  if (result) {
    return collector.take_items();
  }
  return collector.problem(result);
}

Result<std::vector<JsonItem>> read_json(std::string_view text, const std::string& what,
                                        std::span<const std::vector<std::string_view>> wanted) {
  std::variant<std::vector<JsonItem>, JsonProblem> scanned = scan_json(text, wanted);
  if (const auto* problem = std::get_if<JsonProblem>(&scanned)) {
    return Error{Errc::kBadInput,
                 what + ": " + problem->why + ", at byte " + std::to_string(problem->offset), ""};
  }
  return std::get<std::vector<JsonItem>>(std::move(scanned));
}

std::string json_pointer(std::span<const std::string> path) {
  std::string pointer;
  for (const std::string& component : path) {
    pointer += '/';
    for (const char c : component) {
      pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
  }
  return pointer;
}

std::string json_quote(std::string_view text) {
  // Characters that an escape has a letter for.
  constexpr std::string_view kNamed = "\"\\\b\f\n\r\t";
  constexpr std::string_view kNames = "\"\\bfnrt";
  std::string out = "\"";
  const auto add_unit = [&out](unsigned unit) {
    std::array<char, 16> escaped{};
    (void)std::snprintf(escaped.data(), escaped.size(), "\\u%04x", unit);
    out += escaped.data();
  };
  while (!text.empty()) {
    const char c = text.front();
    const std::size_t known = kNamed.find(c);
    if (known != std::string_view::npos) {
      out += '\\';
      out += kNames[known];
      text.remove_prefix(1);
      continue;
    }
    if (is_printable(c)) {
      out += c;
      text.remove_prefix(1);
      continue;
    }
    rapidjson::MemoryStream stream(text.data(), text.size());
    unsigned point = 0;
    if (!Utf8::Decode(stream, &point)) {
      constexpr unsigned kReplacement = 0xfffd;
      point = kReplacement;
      text.remove_prefix(1);
    } else {
      text.remove_prefix(stream.Tell());
    }
    constexpr unsigned kPairs = 0x10000;  // from here on a code point is two units of UTF-16
    if (point < kPairs) {
      add_unit(point);
    } else {
      add_unit(0xd800 + ((point - kPairs) >> 10));
      add_unit(0xdc00 + ((point - kPairs) & 0x3ff));
    }
  }
  return out + '"';
}

}  // namespace sg
