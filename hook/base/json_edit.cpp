// SPDX-License-Identifier: Apache-2.0
// json_edit.cpp - changes are splices of the text; base/json.h says where.
//
// Members and elements are added behind the last one, with the layout that stands in front of that
// one, and removed from the end of the one before to their own end. So each undoes the other: `,`
// and layout belong to what they stand in front of.
#include "base/json_edit.h"

#include <algorithm>

#include "base/text.h"

namespace sg {
namespace {

using Items = std::vector<JsonItem>;

bool is_at(const JsonItem& item, JsonPath path) { return std::ranges::equal(item.path, path); }

bool is_child(const JsonItem& item, const JsonItem& parent) {
  return item.path.size() == parent.path.size() + 1 && item.start > parent.start &&
         item.end < parent.end;
}

// Where the child begins, its key included.
std::size_t begin_of(const JsonItem& child, const JsonItem& parent) {
  return parent.type == JsonType::kObject ? child.key_start : child.start;
}

// The object or array that the value stands in. One of several at a place that stands twice is any
// of them.
const JsonItem* parent_of(const Items& items, const JsonItem& child) {
  const auto found =
      std::ranges::find_if(items, [&](const JsonItem& item) { return is_child(child, item); });
  return found == items.end() ? nullptr : &*found;
}

// The children of an object or array that stand before `end`: how many, and where the last ends.
// For none, the end of the opening bracket.
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

// What stands at and below `path`; everything for an empty one. What is not read is not built
// either.
Result<JsonDocument> read_below(std::string_view text, const std::string& what, JsonPath path) {
  const std::vector<std::vector<std::string_view>> wanted = {{path.begin(), path.end()}};
  return JsonDocument::read(text, what, wanted);
}

}  // namespace

Result<JsonDocument> JsonDocument::read(std::string_view text, std::string what,
                                        std::span<const std::vector<std::string_view>> wanted) {
  Result<Items> items = read_json(text, what, wanted);
  return items ? Result<JsonDocument>(JsonDocument(text, *std::move(items)))
               : std::move(items).error();
}

const JsonItem* JsonDocument::find(JsonPath path) const {
  const auto found =
      std::ranges::find_if(items_, [path](const JsonItem& item) { return is_at(item, path); });
  return found == items_.end() ? nullptr : &*found;
}

void JsonDocument::add_children(const JsonItem& parent, std::span<const std::string> added) {
  const Children there = children_before(items_, parent, parent.end);
  const std::string_view layout = there.count > 0 ? layout_before(text_, there.last_begin) : "";
  std::string put;
  for (std::size_t i = 0; i < added.size(); ++i) {
    if (there.count + i > 0) {
      put.append(",").append(there.count < 2 && layout.empty() ? " " : layout);
    }
    put += added[i];
  }
  splices_.push_back({there.last_end, there.last_end, std::move(put)});
}

void JsonDocument::add_behind(const JsonItem& neighbour, std::span<const std::string> members) {
  std::string put;
  for (const std::string& member : members) {
    put.append(",").append(layout_before(text_, neighbour.key_start)).append(member);
  }
  splices_.push_back({neighbour.end, neighbour.end, std::move(put)});
}

void JsonDocument::replace(const JsonItem& item, std::string_view value) {
  splices_.push_back({item.start, item.end, std::string(value)});
}

void JsonDocument::remove(const JsonItem& item) {
  const JsonItem* const parent = parent_of(items_, item);
  if (parent == nullptr) {
    return;
  }
  const std::size_t begin = begin_of(item, *parent);
  const Children before = children_before(items_, *parent, begin);
  // The first child takes the comma behind it along, and the layout in front of its neighbour.
  const std::size_t comma = text_.find_first_not_of(" \t\n\r", item.end);
  if (before.count == 0 && text_[comma] == ',') {
    splices_.push_back({begin, text_.find_first_not_of(" \t\n\r", comma + 1), ""});
  } else {
    splices_.push_back({before.last_end, item.end, ""});
  }
}

void JsonDocument::remove_elements(const JsonItem& array, std::span<const std::size_t> indices) {
  std::vector<const JsonItem*> elements;
  for (const JsonItem& item : items_) {
    if (is_child(item, array)) {
      elements.push_back(&item);
    }
  }
  std::size_t first_kept = 0;
  while (first_kept < indices.size() && indices[first_kept] == first_kept) {
    ++first_kept;
  }
  first_kept = std::min(first_kept, elements.size());
  // The first ones of all take what parts them from the first that stays; each other one what parts
  // it from the one before.
  if (first_kept > 0) {
    const bool is_empty = first_kept == elements.size();
    splices_.push_back({is_empty ? array.start + 1 : elements[0]->start,
                        is_empty ? elements.back()->end : elements[first_kept]->start, ""});
  }
  for (const std::size_t index : indices.subspan(first_kept)) {
    if (index < elements.size()) {
      splices_.push_back({elements[index - 1]->end, elements[index]->end, ""});
    }
  }
}

std::string JsonDocument::edited() const {
  std::vector<const Splice*> sorted;
  for (const Splice& splice : splices_) {
    sorted.push_back(&splice);
  }
  std::ranges::stable_sort(sorted, {}, &Splice::begin);
  std::string out;
  std::size_t copied = 0;
  for (const Splice* const splice : sorted) {
    out.append(text_.substr(copied, splice->begin - copied)).append(splice->put);
    copied = splice->end;
  }
  return out.append(text_.substr(copied));
}

std::string json_member(std::string_view key, std::string_view value) {
  return json_quote(key).append(": ").append(value);
}

Result<std::string> json_set(std::string_view text, const std::string& what, JsonPath path,
                             std::string_view value) {
  Result<JsonDocument> document = read_below(text, what, path.first(1));
  if (document && document->find(path.first(1)) == nullptr) {
    document = read_below(text, what, {});
  }
  if (!document) {
    return std::move(document).error();
  }
  if (const JsonItem* const old = document->find(path)) {
    document->replace(*old, value);
    return document->edited();
  }
  for (std::size_t depth = path.size() - 1;; --depth) {
    const JsonItem* const parent = document->find(path.first(depth));
    if (parent == nullptr) {
      continue;
    }
    const std::string member = nested(path.subspan(depth), value);
    if (parent->type == JsonType::kNull && depth > 0) {
      document->replace(*parent, "{" + member + "}");
    } else if (parent->type != JsonType::kObject) {
      return not_a("an object", what, *parent);
    } else {
      document->add_children(*parent, {&member, 1});
    }
    return document->edited();
  }
}

Result<std::string> json_append(std::string_view text, const std::string& what, JsonPath path,
                                std::string_view value) {
  Result<JsonDocument> document = read_below(text, what, path);
  if (!document) {
    return std::move(document).error();
  }
  const JsonItem* const array = document->find(path);
  if (array == nullptr || array->type == JsonType::kNull) {
    return json_set(text, what, path, "[" + std::string(value) + "]");
  }
  if (array->type != JsonType::kArray) {
    return not_a("an array", what, *array);
  }
  const std::string element(value);
  document->add_children(*array, {&element, 1});
  return document->edited();
}

Result<std::string> json_remove(std::string_view text, const std::string& what, JsonPath path) {
  if (path.empty()) {
    return std::string(text);
  }
  Result<JsonDocument> document = read_below(text, what, path.first(path.size() - 1));
  if (!document) {
    return std::move(document).error();
  }
  if (const JsonItem* const item = document->find(path)) {
    document->remove(*item);
  }
  return document->edited();
}

}  // namespace sg
