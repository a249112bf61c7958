// SPDX-License-Identifier: Apache-2.0
// learn.h - writes that were seen into the smallest reasonable rules that permit them.
//
// One rule for each sysctl. The names of interfaces become "*" where several were seen, and those
// that machines make a pattern for their kind; values become alternatives, and numbers a range
// where there are more than a few, or where a peer dictates them. What a guard cannot judge whole
// needs a rule without values; what gives the host away gets the values that are safe. Nothing else
// is learned that was not seen: no name beside those, no value but between two numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sg::cli {

// A write, or several alike.
struct SeenWrite {
  std::string name;              // slash form, any bytes
  std::string value;             // of a long one only its beginning may be known
  std::uint64_t value_size = 0;  // of the whole value
  bool at_position_zero = true;
  std::uint64_t count = 1;
};

enum class Generalise {
  kNone,        // names and values as they were seen
  kInterfaces,  // several interfaces become "*", names that machines make "veth*" and the like
  kValues,  // many numbers become a range, many texts any value, a router's numbers what is sane
  kAll,     // both
};

// Up to this many different numbers (or rows of numbers) stay alternatives.
inline constexpr std::size_t kNumbersMax = 4;
// Up to this many different texts do: more are hardly a choice between a few words.
inline constexpr std::size_t kTextsMax = 16;

struct LearnedRule {
  std::string text;        // as it is written in a list of rules
  std::string name;        // one sysctl that was seen (slash form)
  std::uint64_t seen = 0;  // how often
  // What is wider than what was seen, and why; a clause each, printable.
  std::vector<std::string> notes;
};

// A sysctl that no rule can name.
struct Unnameable {
  std::string name;
  std::uint64_t seen = 0;
  std::string why;
};

struct Learned {
  std::vector<LearnedRule> rules;  // sorted by their text
  std::vector<Unnameable> unnameable;
  std::size_t rare = 0;  // rules left out: seen less often than `min`
};

// Whether a shell could act on a byte of `text` that nobody needs in a rule. What was learned has
// none of them: the container chose it, and people paste it between single quotes, where quotes,
// bars and patterns of rules are inert.
[[nodiscard]] bool has_shell_byte(std::string_view text);

// `min`: how often the writes of a rule must have been seen at least.
[[nodiscard]] Learned learn(std::span<const SeenWrite> writes, Generalise generalise,
                            std::uint64_t min);

}  // namespace sg::cli
