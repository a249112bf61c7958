// SPDX-License-Identifier: Apache-2.0
// meant_name.cpp - each known name is held against the pattern, directory by directory; the nearest
// stay.
#include "sysctl/meant_name.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "base/text.h"
#include "sysctl/aliases.h"
#include "sysctl/dangers.h"
#include "sysctl/interface_names.h"
#include "sysctl/kinds.h"
#include "sysctl/meant_separators.h"
#include "sysctl/sysctl_name.h"
#include "sysctl/walked.h"

namespace sg::sysctl {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

using Components = std::vector<std::string>;
using Names = std::vector<std::string_view>;

// A row for several names of one directory, "kernel/panic*", says nothing of which there are.
bool is_one_name(std::string_view row) {
  const std::size_t star = row.find('*');
  return star == kNone || row.substr(star).starts_with("*/");
}

Names all_names() {
  Names names;
  std::ranges::transform(walked(), std::back_inserter(names), &Walked::name);
  const auto add = [&names](std::string_view name) {
    if (is_one_name(name) && std::ranges::find(names, name) == names.end()) {
      names.push_back(name);
    }
  };
  for (const Known& row : known()) {
    add(row.name);
  }
  for (const Danger& row : dangers()) {
    add(row.name);
  }
  return names;
}

bool is_walked(std::string_view pattern) {
  return std::ranges::any_of(walked(),
                             [pattern](const Walked& row) { return can_be(pattern, row.name); });
}

// Or one for several, none of which was walked: "kernel/loadpin/*".
bool is_unseen_row(std::string_view row) { return is_one_name(row) || !is_walked(row); }

Components components_of(std::string_view name) {
  Components out;
  for (const std::string_view piece : split(name, '/')) {
    out.emplace_back(piece);
  }
  return out;
}

std::optional<std::size_t> near(std::string_view a, std::string_view b, std::size_t most) {
  if (std::max(a.size(), b.size()) - std::min(a.size(), b.size()) > most) {
    return std::nullopt;
  }
  const std::size_t wrong = edit_distance(a, b);
  return wrong <= most ? std::optional(wrong) : std::nullopt;
}

struct Written {
  Components raw;             // as it stands
  Components lower;           // the same in lower case
  std::vector<bool> is_word;  // the name of a directory, and so of no interface
  std::string leaf;           // the last of `lower`, which is in none of these
};

bool is_directory_word(const std::string& component, const Names& names) {
  return std::ranges::any_of(names, [&](std::string_view name) {
    return name.starts_with(component + "/") || name.find("/" + component + "/") != kNone;
  });
}

bool fits(const Written& written, std::size_t i, std::string_view of_row) {
  const std::string& mine = written.lower[i];
  return of_row == "*" ? !written.is_word[i] : mine == of_row || pattern_matches(mine, of_row);
}

// "/proc/sys" without the first slash, "*rp_filter" for "*.rp_filter".
Written take_apart(std::string_view pattern, const Names& names) {
  Components all = components_of(pattern);
  for (const std::string_view piece : {"proc", "sys"}) {
    if (all.size() > 1 && all.front() == piece) {
      all.erase(all.begin());
    }
  }
  std::string leaf = std::move(all.back());
  all.pop_back();
  const std::size_t star = leaf.rfind('*');
  if (star != kNone && star + 1 < leaf.size()) {
    all.push_back(leaf.substr(0, star + 1));
    leaf.erase(0, star + 1);
  }
  Written out{.raw = std::move(all), .lower = {}, .is_word = {}, .leaf = to_lower(leaf)};
  for (const std::string& piece : out.raw) {
    out.lower.push_back(to_lower(piece));
    const std::string& lower = out.lower.back();
    // "default" is one of what can stand in the place of an interface.
    out.is_word.push_back(lower != "*" && lower != "default" && is_directory_word(lower, names));
  }
  return out;
}

// How the directories of a row are those that are written: less is nearer.
enum class Way {
  kSame,
  kMore,  // some are not written
  kLess,  // some are written that it has not
  kOneMisspelt,
  kOther,
};

struct Match {
  Way way = Way::kOther;
  std::size_t cost = 0;
  Components filled;  // those of the row, with what is written in the place of a "*"
};

// A row that has no more of them than are written, each among these in its order.
std::optional<Match> match_fewer(const Written& written, const Components& row) {
  Match out{.way = Way::kSame, .cost = 0, .filled = {}};
  for (std::size_t i = 0; i < written.lower.size(); ++i) {
    const std::size_t next = out.filled.size();
    if (next < row.size() && fits(written, i, row[next])) {
      out.filled.push_back(row[next] == "*" ? written.raw[i] : row[next]);
    } else {
      const bool is_star = written.lower[i] == "*";
      out.way = is_star && out.way != Way::kLess ? Way::kMore : Way::kLess;
      out.cost += is_star ? 1 : 3;
    }
  }
  return out.filled.size() == row.size() ? std::optional(out) : std::nullopt;
}

// All that are written, in their order among those of a row that has more.
std::optional<Match> match_more(const Written& written, const Components& row) {
  Match out{.way = Way::kMore, .cost = row.size() - written.lower.size(), .filled = row};
  std::size_t next = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (next < written.lower.size() && fits(written, next, row[i])) {
      out.filled[i] = row[i] == "*" ? written.raw[next] : row[i];
      ++next;
    }
  }
  return next == written.lower.size() ? std::optional(out) : std::nullopt;
}

Match match_directories(const Written& written, const Components& row) {
  const Components& mine = written.lower;
  if (std::optional<Match> found =
          row.size() <= mine.size() ? match_fewer(written, row) : match_more(written, row)) {
    return *std::move(found);
  }
  Match out{.way = Way::kOther, .cost = 0, .filled = row};
  out.cost = static_cast<std::size_t>(std::ranges::count_if(row, [&mine](const std::string& piece) {
    return std::ranges::find(mine, piece) == mine.end();
  }));
  if (row.size() == mine.size()) {
    std::size_t wrong = 0;
    bool is_near = true;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (fits(written, i, row[i])) {
        out.filled[i] = row[i] == "*" ? written.raw[i] : row[i];
      } else {
        ++wrong;
        is_near = is_near && near(mine[i], row[i], mine[i].size() / 2);
      }
    }
    out.way = wrong == 1 && is_near ? Way::kOneMisspelt : Way::kOther;
  }
  return out;
}

std::string bare(std::string_view leaf) {
  std::string out(leaf);
  std::erase_if(out, [](char c) { return c == '_' || c == '-'; });
  return out;
}

// The words of a name, whatever their order: "max_msg" for "msg_max".
std::vector<std::string> words_in(std::string leaf) {
  std::ranges::replace(leaf, '-', '_');
  std::vector<std::string> words;
  for (const std::string_view word : split(leaf, '_')) {
    words.emplace_back(word);
  }
  std::ranges::sort(words);
  return words;
}

// Whether what is wrong is a word for another one: "tcp_user_timeout" is no "tcp_fin_timeout".
bool is_other_word(std::string_view a, std::string_view b) {
  const std::vector<std::string_view> mine = split(a, '_');
  const std::vector<std::string_view> other = split(b, '_');
  if (mine.size() != other.size()) {
    return false;
  }
  for (std::size_t i = 0; i < mine.size(); ++i) {
    if (edit_distance(mine[i], other[i]) > std::max<std::size_t>(1, mine[i].size() / 2)) {
      return true;
    }
  }
  return false;
}

// How far a row is from what is written: a step, and within one a cost.
struct Distance {
  int step = 0;
  std::size_t cost = 0;
  friend auto operator<=>(const Distance&, const Distance&) = default;
};

// From here on, the name of the sysctl is another.
constexpr int kNearStep = 4;
constexpr int kPartStep = 6;

// Part of a name that is at least this long says which is meant.
constexpr std::size_t kPartMin = 5;

// In the directory that is written, so does the end of a name, and a whole one but for a letter.
constexpr std::size_t kEndMin = 3;
constexpr std::size_t kLongMin = 12;

std::optional<Distance> distance_of(const Written& written, std::string_view leaf,
                                    const Match& match, bool may_be_elsewhere) {
  const std::string& mine = written.leaf;
  if (mine == leaf) {
    switch (match.way) {
      case Way::kSame:
      case Way::kMore:
        return Distance{0, match.cost};
      case Way::kOneMisspelt:
        return Distance{2, match.cost};
      case Way::kLess:
        return Distance{3, match.cost};
      case Way::kOther:
        return may_be_elsewhere ? std::optional(Distance{3, match.cost}) : std::nullopt;
    }
  }
  if (match.way == Way::kOther || match.way == Way::kOneMisspelt) {
    return std::nullopt;
  }
  const bool is_end = mine.size() >= kPartMin && leaf.ends_with("_" + mine);
  if (match.way == Way::kSame && mine.size() >= kEndMin && leaf.ends_with("_" + mine)) {
    return Distance{2, 0};
  }
  if (match.way == Way::kSame && mine.size() >= kLongMin && near(mine, leaf, 1)) {
    return Distance{1, 1};
  }
  if (match.way == Way::kSame &&
      (bare(mine) == bare(leaf) || words_in(mine) == words_in(std::string(leaf)))) {
    return Distance{1, 0};
  }
  if (const auto wrong = near(mine, leaf, mine.size() / 4); wrong && !is_other_word(mine, leaf)) {
    return Distance{match.way == Way::kSame ? kNearStep : kNearStep + 1, match.cost * 4 + *wrong};
  }
  const bool is_part =
      is_end || (mine.size() >= kPartMin && leaf.size() > mine.size() && leaf.starts_with(mine));
  const bool has_part = leaf.size() >= kPartMin && mine.ends_with("_" + std::string(leaf));
  return is_part || has_part ? std::optional(Distance{kPartStep, match.cost}) : std::nullopt;
}

// A name of one family for which there is another name that the other family has too:
// net/ipv6/ip_forward, net/ipv4/conf/all/forwarding, net/ipv6/conf/all/forwarding; so are
// net/ipv6/conf/all/ip_forward and that of an interface.
std::string of_family(std::string_view pattern) {
  constexpr std::string_view kFour = "net/ipv4/";
  constexpr std::string_view kSix = "net/ipv6/";
  constexpr std::string_view kAll = "conf/all/";
  if (!pattern.starts_with(kSix)) {
    return "";
  }
  const std::optional<InterfacePlace> place = interface_or_template_place(pattern);
  const std::size_t leaf = place ? place->start + place->size + 1 : kSix.size();
  const std::string other = std::string(kFour) + std::string(pattern.substr(leaf));
  for (const Alias& alias : aliases()) {
    if (alias.written == other && alias.reach == Reach::kSame) {
      std::string_view changed = alias.changed.substr(kFour.size());
      std::string meant = std::string(kSix) + std::string(changed);
      if (place && changed.starts_with(kAll)) {
        meant = std::string(pattern.substr(0, leaf)) + std::string(changed.substr(kAll.size()));
      }
      return alias.changed.starts_with(kFour) && is_walked(meant) ? meant : "";
    }
  }
  return "";
}

}  // namespace

bool is_known_name(std::string_view pattern) {
  return is_walked(pattern) ||
         std::ranges::any_of(known(),
                             [pattern](const Known& row) {
                               return can_be(pattern, row.name) && is_unseen_row(row.name);
                             }) ||
         std::ranges::any_of(dangers(), [pattern](const Danger& row) {
           return can_be(pattern, row.name) && is_unseen_row(row.name);
         });
}

Directory known_directory(std::string_view pattern) {
  Directory found = Directory::kNone;
  for (const std::string_view name : all_names()) {
    for (std::size_t slash = name.find('/'); slash != kNone; slash = name.find('/', slash + 1)) {
      const std::string_view directory = name.substr(0, slash);
      if (can_be(pattern, directory)) {
        if (!directory.ends_with('*')) {
          return Directory::kNamed;
        }
        found = Directory::kOfAnything;
      }
    }
  }
  return found;
}

bool was_walked(std::string_view directory) {
  const std::string below = std::string(directory) + "/";
  std::size_t sysctls = 0;
  bool has_directories = false;
  for (const Walked& row : walked()) {
    const bool is_deeper = row.name.starts_with(below) && row.name.find('/', below.size()) != kNone;
    sysctls += can_be(directory, row.name.substr(0, row.name.rfind('/'))) ? 1 : 0;
    has_directories = has_directories || is_deeper;
  }
  // One alone beside directories says nothing, as net/nf_conntrack_max, nor does one of a
  // processor's, as abi/vsyscall32.
  return sysctls > 1 || (sysctls == 1 && !has_directories && directory.find('/') != kNone);
}

std::vector<std::string> meant_names(std::string_view pattern) {
  if (std::string meant = of_family(pattern); !meant.empty()) {
    return {std::move(meant)};
  }
  if (const std::string joined = with_vlan_joined(pattern); !joined.empty()) {
    return is_known_name(joined) ? std::vector<std::string>{joined} : meant_names(joined);
  }
  const Names names = all_names();
  const Written written = take_apart(pattern, names);
  if (written.leaf.empty() || written.leaf.ends_with('*')) {
    return {};
  }
  const std::string directory = join(written.lower, "/");
  const bool may_be_elsewhere = written.lower.empty() || was_walked(directory);
  std::optional<Distance> best;
  std::vector<std::string> found;
  for (const std::string_view name : names) {
    Components row = components_of(name);
    const std::string leaf = std::move(row.back());
    row.pop_back();
    Match match = match_directories(written, row);
    const std::optional<Distance> distance = distance_of(written, leaf, match, may_be_elsewhere);
    if (!distance || (best && *best < *distance)) {
      continue;
    }
    match.filled.push_back(leaf);
    std::string meant = join(match.filled, "/");
    if (!is_known_name(meant) || meant.size() > kNameMax) {
      continue;
    }
    if (!best || *distance < *best) {
      found.clear();
      best = distance;
    }
    if (std::ranges::find(found, meant) == found.end()) {
      found.push_back(std::move(meant));
    }
  }
  if (!best || best->step > 0) {
    if (std::string other = with_other_separators(pattern); !other.empty()) {
      return {std::move(other)};
    }
  }
  return found.size() <= kMeantMax ? found : std::vector<std::string>();
}

}  // namespace sg::sysctl
