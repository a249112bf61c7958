// SPDX-License-Identifier: Apache-2.0
// json_edit.cpp - a change is one splice of the text; base/json.h says where.
//
// Members and elements are added behind the last one, with the layout that stands in front of that one,
// and removed from the end of the one before to their own end. So each undoes the other: `,` and layout
// belong to what they stand in front of.
#include "base/json_edit.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/json.h"
#include "base/text.h"

namespace sg {
namespace {

using Items = std::vector<JsonItem>;

bool is_at(const JsonItem& item, JsonPath path) { return std::ranges::equal(item.path, path); }

const JsonItem* find(const Items& items, JsonPath path) {
  const auto found =
      std::ranges::find_if(items, [path](const JsonItem& item) { return is_at(item, path); });
  return found == items.end() ? nullptr : &*found;
}

bool is_child(const JsonItem& item, const JsonItem& parent) {
  return item.path.size() == parent.path.size() + 1 && item.start > parent.start &&
         item.end < parent.end;
}

// Where the child begins, its key included.
std::size_t begin_of(const JsonItem& child, const JsonItem& parent) {
  return parent.type == JsonType::kObject ? child.key_start : child.start;
}

// The children of an object or array that stand before `end`: how many, and where the last ends. For none,
// the end of the opening bracket.
struct Children {
  std::size_t count = 0;
  std::size_t last_begin = 0;
  std::size_t last_end = 0;
};

Children children_before(const Items& items, const JsonItem& parent, std::size_t end) {
  Children children{0, parent.start + 1, parent.start + 1};
  for (const JsonItem& item : items) {
    if (is_child(item, parent) && begin_of(item, parent) < end) {
      ++children.count;
      children.last_begin = begin_of(item, parent);
      children.last_end = item.end;
    }
  }
  return children;
}

// The white space in front of `begin`.
std::string_view layout_before(std::string_view text, std::size_t begin) {
  const std::size_t last = text.find_last_not_of(" \t\n\r", begin - 1);
  return text.substr(last + 1, begin - last - 1);
}

std::string spliced(std::string_view text, std::size_t begin, std::size_t end,
                    std::string_view put) {
  std::string out(text.substr(0, begin));
  out += put;
  out += text.substr(end);
  return out;
}

// `child` ("key": value, or a value) behind the last child of `parent`.
std::string add_child(std::string_view text, const Items& items, const JsonItem& parent,
                      std::string_view child) {
  const Children children = children_before(items, parent, parent.end);
  std::string put;
  if (children.count > 0) {
    const std::string_view layout = layout_before(text, children.last_begin);
    put += ',';
    put += children.count == 1 && layout.empty() ? " " : layout;
  }
  return spliced(text, children.last_end, children.last_end, put.append(child));
}

// `value` below objects of one member each, for keys that are not there: {"a": {"b": value}}.
std::string nested(JsonPath keys, std::string_view value) {
  std::string out;
  for (const std::string_view key : keys) {
    out += (out.empty() ? "" : "{") + json_quote(key) + ": ";
  }
  return out.append(value).append(std::string(keys.size() - 1, '}'));
}

Error not_a(const char* kind, const std::string& what, const JsonItem& item) {
  const std::string name = dotted(item.path);
  return Error{Errc::kBadInput,
               what + ": " + (name.empty() ? "it" : json_quote(name)) + " is not " + kind,
               "correct the file"};
}

// The values at and below `path`; everything for an empty one. What is not read is not built either.
Result<Items> items_below(std::string_view text, const std::string& what, JsonPath path) {
  const std::vector<std::vector<std::string_view>> wanted = {{path.begin(), path.end()}};
  return read_json(text, what, wanted);
}

}  // namespace

Result<std::string> json_set(std::string_view text, const std::string& what, JsonPath path,
                             std::string_view value) {
  Result<Items> items = items_below(text, what, path.first(1));
  if (items && find(*items, path.first(1)) == nullptr) {
    items = items_below(text, what, {});
  }
  if (!items) {
    return items.error();
  }
  if (const JsonItem* old = find(*items, path)) {
    return spliced(text, old->start, old->end, value);
  }
  for (std::size_t depth = path.size() - 1;; --depth) {
    const JsonItem* parent = find(*items, path.first(depth));
    if (parent == nullptr) {
      continue;
    }
    const std::string member = nested(path.subspan(depth), value);
    if (parent->type == JsonType::kNull && depth > 0) {
      return spliced(text, parent->start, parent->end, "{" + member + "}");
    }
    if (parent->type != JsonType::kObject) {
      return not_a("an object", what, *parent);
    }
    return add_child(text, *items, *parent, member);
  }
}

Result<std::string> json_append(std::string_view text, const std::string& what, JsonPath path,
                                std::string_view value) {
  const Result<Items> items = items_below(text, what, path);
  if (!items) {
    return items.error();
  }
  const JsonItem* array = find(*items, path);
  if (array == nullptr || array->type == JsonType::kNull) {
    return json_set(text, what, path, "[" + std::string(value) + "]");
  }
  if (array->type != JsonType::kArray) {
    return not_a("an array", what, *array);
  }
  return add_child(text, *items, *array, value);
}

Result<std::string> json_add_behind(std::string_view text, const std::string& what,
                                    std::string_view neighbour, std::string_view key,
                                    std::string_view value) {
  const std::array<std::string_view, 1> path = {neighbour};
  const std::array<std::string_view, 1> added = {key};
  const Result<Items> items = items_below(text, what, path);
  if (!items) {
    return items.error();
  }
  const JsonItem* item = find(*items, path);
  if (item == nullptr) {
    return Error{Errc::kBadInput, what + ": has no " + json_quote(neighbour), "correct the file"};
  }
  const std::string_view layout = layout_before(text, item->key_start);
  return spliced(text, item->end, item->end,
                 ("," + std::string(layout)).append(nested(added, value)));
}

Result<std::string> json_replace(std::string_view text, const std::string& what, JsonPath path,
                                 std::string_view value) {
  const Result<Items> items = items_below(text, what, path);
  if (!items) {
    return items.error();
  }
  const JsonItem* const item = find(*items, path);
  if (item == nullptr) {
    return Error{Errc::kBadInput, what + ": has no " + json_quote(path.back()), "correct the file"};
  }
  return spliced(text, item->start, item->end, value);
}

Result<std::string> json_remove_elements(std::string_view text, const std::string& what, JsonPath path,
                                         std::span<const std::size_t> indices) {
  const Result<Items> items = indices.empty() ? Result<Items>(Items{}) : items_below(text, what, path);
  if (!items) {
    return items.error();
  }
  const JsonItem* const array = find(*items, path);
  if (array == nullptr || array->type != JsonType::kArray) {
    return std::string(text);
  }
  std::vector<const JsonItem*> elements;
  for (const JsonItem& item : *items) {
    if (is_child(item, *array)) {
      elements.push_back(&item);
    }
  }
  // Each takes what parts it from the one before; the first ones of all what parts them from the first that stays.
  std::string out;
  std::size_t copied = 0;
  std::size_t first_kept = 0;
  while (first_kept < indices.size() && indices[first_kept] == first_kept) {
    ++first_kept;
  }
  for (const std::size_t index : indices) {
    if (index >= elements.size()) {
      break;
    }
    std::size_t begin = index == 0 ? array->start + 1 : elements[index - 1]->end;
    std::size_t end = elements[index]->end;
    if (index < first_kept && first_kept < elements.size()) {
      begin = elements[0]->start;
      end = elements[first_kept]->start;
    }
    if (begin >= copied) {
      out += text.substr(copied, begin - copied);
    }
    copied = std::max(copied, end);
  }
  return out.append(text.substr(copied));
}

Result<std::string> json_remove(std::string_view text, const std::string& what, JsonPath path) {
  if (path.empty()) {
    return std::string(text);
  }
  const Result<Items> items = items_below(text, what, path.first(path.size() - 1));
  if (!items) {
    return items.error();
  }
  const JsonItem* item = find(*items, path);
  if (item == nullptr) {
    return std::string(text);
  }
  const JsonItem* parent = find(*items, path.first(path.size() - 1));
  const Children before = children_before(*items, *parent, begin_of(*item, *parent));
  // The first child takes the comma behind it along, and the layout in front of its neighbour.
  std::size_t end = item->end;
  if (before.count == 0) {
    const std::size_t comma = text.find_first_not_of(" \t\n\r", end);
    if (text[comma] == ',') {
      end = text.find_first_not_of(" \t\n\r", comma + 1);
      return spliced(text, begin_of(*item, *parent), end, "");
    }
  }
  return spliced(text, before.last_end, end, "");
}

}  // namespace sg
