// SPDX-License-Identifier: Apache-2.0
// json.cpp - one JSON document into the flat list of the values that are wanted.
//
// The library's lexer reads through a cursor and calls a Collector. The Collector keeps a frame for
// each open object or array that lies on the way to a wanted path or below one, and only a counter
// inside all others: an unwanted value costs the lexer's time and nothing more. How many keys and
// values there are is bounded by kJsonCountMax, and what is kept of them by kJsonItemMax and
// kJsonByteMax. This is the only file that includes the JSON library.
// The parser keeps its own stack, so nesting costs no stack of ours, and kJsonDepthMax bounds it.
#include "base/json.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "base/json_cursor.h"
#include "base/text.h"

namespace sg {
namespace {

using Library = nlohmann::json;

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

// The library's SAX interface: each function returns whether to go on, and sets `failure_` before
// it returns false.
class Collector {
 public:
  Collector(Cursor& cursor, std::span<const std::vector<std::string_view>> wanted)
      : cursor_(cursor), wanted_(wanted) {}

  bool null() { return scalar(JsonType::kNull, {}); }
  bool boolean(bool value) { return scalar(JsonType::kBool, value ? "true" : "false"); }
  bool number_integer(Library::number_integer_t value) {
    // Only numbers with a minus sign come here, so a zero was written as -0.
    return scalar(JsonType::kNumber, value == 0 ? "-0" : std::to_string(value));
  }
  bool number_unsigned(Library::number_unsigned_t value) {
    return scalar(JsonType::kNumber, std::to_string(value));
  }
  bool number_float(Library::number_float_t, const std::string& written) {
    return scalar(JsonType::kNumber, written);
  }
  bool string(std::string& value) {
    return scalar(JsonType::kString, is_skipped() ? value : value.insert(0, cursor_.plain()));
  }
  bool binary(Library::binary_t&) { return fail("holds binary data"); }  // never in JSON text

  bool start_object(std::size_t) { return open(JsonType::kObject); }
  bool start_array(std::size_t) { return open(JsonType::kArray); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool key(std::string& name);

  bool parse_error(std::size_t, const std::string&, const Library::exception& error) {
    constexpr int kOutOfRange = 406;  // the library's number for a number beyond a double
    if (error.id == kOutOfRange) {
      return fail("holds a number that is too large");
    }
    return fail(cursor_.ended() ? "is JSON that ends too early" : "is not valid JSON in UTF-8");
  }

  [[nodiscard]] JsonProblem take_problem() {
    return JsonProblem{std::move(failure_), cursor_.offset(), std::move(path_)};
  }
  [[nodiscard]] std::vector<JsonItem> take_items() { return std::move(items_); }

 private:
  // Whether nothing is made of what is read now.
  [[nodiscard]] bool is_skipped() const noexcept { return skipped_ > 0; }
  bool fail(std::string why) {
    failure_ = std::move(why);
    return false;
  }
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
  std::string failure_;
};

// Where the token at hand stands. The library calls back before it reads on, but for a number:
// there it has read one byte more, which is one that separates or closes.
void Collector::take_token() {
  token_start_ = cursor_.token_from(token_end_);
  token_end_ = cursor_.position();
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
  const std::size_t end = type == JsonType::kNumber ? token_start_ + text.size() : token_end_;
  const bool is_member = !frames_.empty() && frames_.back().type == JsonType::kObject;
  items_.push_back(
      JsonItem{path_, type, std::string(text), token_start_, end, is_member ? key_start_ : 0});
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
  if (!is_skipped()) {
    name.insert(0, cursor_.plain());
  }
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
  // The lexer takes a zero byte for the end of the text and would let anything stand behind it.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return JsonProblem{"is not valid JSON but holds a zero byte", zero, {}};
  }
  // The library passes over one, runc and crun refuse it.
  if (text.starts_with("\xef\xbb\xbf")) {
    return JsonProblem{"begins with a byte order mark", 0, {}};
  }
  Cursor cursor(text);
  Collector collector(cursor, wanted);
  if (Library::sax_parse(CursorIterator(cursor), CursorIterator(), &collector)) {
    return collector.take_items();
  }
  return collector.take_problem();
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
  return Library(text).dump(/*indent=*/-1, ' ', /*ensure_ascii=*/true,
                            Library::error_handler_t::replace);
}

}  // namespace sg
