// SPDX-License-Identifier: Apache-2.0
// graph_test.cpp - automata as graphs: every byte is text that Graphviz takes.
#include "cli/show/graph.h"

#include <algorithm>
#include <map>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostic.h"
#include "base/text.h"
#include "compile/compile_policy.h"
#include "policy/annotations.h"
#include "policy/merge.h"
#include "policy/node_policy.h"
#include "support/catch.h"

using namespace sg;
using automaton::Symbol;

namespace {

std::string graph_of(const std::string& allow) {
  const std::map<std::string, std::string> annotations = {{"io.sysctl-guard.allow", allow}};
  Diagnostics findings;
  const policy::NodePolicy node = policy::default_node_policy("", {true, true, true, true});
  const policy::Policy policy =
      policy::merge({}, node, policy::parse_annotations(annotations, node, "", findings));
  const auto table = compile::compile_policy(policy, findings);
  REQUIRE(table);
  const Result<compile::DecodedTable> decoded = compile::decode_table(*table);
  REQUIRE(decoded);
  return cli::render_graph(*decoded, "id \"\\\n\x1b");
}

}  // namespace

TEST_CASE("graph: a policy of one rule is a few nodes") {
  CHECK(graph_of("net.ipv4.ip_forward=0|1") == R"(digraph policy {
  rankdir=LR;
  label="id \"\\\\\\n\\x1b";
  node [fontname="monospace"];
  edge [fontname="monospace"];
  s1 [shape=box, label="allow 2"];
  s2 [shape=point];
  s4 [shape=box, label="allow 1"];
  s5 [shape=box, label="allow 1"];
  s25 [shape=circle, label="access"];
  s2 -> s2 [label="[0x09 ' ']"];
  s2 -> s4 [label="['0'-'1']"];
  s4 -> s4 [label="[0x09 ' ']"];
  s4 -> s5 [label="0x0a"];
  s5 -> s5 [label="0x0a"];
  s25 -> s1 [label="read"];
  s25 -> s2 [label="write 'net/ipv4/ip_forward' end"];
}
)");
}

TEST_CASE("graph: final states have no arrows, and every line is of a form that Graphviz takes") {
  const std::string graph =
      graph_of("net.*\nkernel.domainname=\"a\"\"b,|*\"\nnet.ipv4.conf.*.forwarding=\"x'y\"");
  const std::regex form(
      R"re(  s\d+ (-> s\d+ )?\[(shape=\w+)?(, )?(label="([^"\\]|\\["\\])*")?\];)re");
  std::size_t arrows = 0;
  for (const std::string_view line : split(graph, '\n')) {
    INFO(line);
    CHECK(std::ranges::all_of(line, is_printable));
    if (line.starts_with("  s")) {
      CHECK(std::regex_match(std::string(line), form));
      arrows += line.find(" -> ") != line.npos ? 1 : 0;
    }
  }
  CHECK(arrows > 3);
  CHECK(graph.find("'net/'") != std::string::npos);
  CHECK(graph.find("0x00") == std::string::npos);
}

TEST_CASE("graph: where two ways meet is a node") {
  const std::string graph = graph_of("kernel.domainname=xab|ycb");
  CHECK(graph.find("\"'xa'\"") != std::string::npos);
  CHECK(graph.find("\"'yc'\"") != std::string::npos);
  CHECK(graph.find("\"'b'\"") != std::string::npos);
}

TEST_CASE("graph: symbols are ranges, and what is not plain is a number") {
  CHECK(cli::symbols_text({'a'}) == "'a'");
  CHECK(cli::symbols_text({'a', 'b', 'c', '_'}) == "'a'-'c' '_'");
  CHECK(cli::symbols_text({0, 1, 2, automaton::kUnseen}) == "end 0x01-0x02 unseen");
  CHECK(cli::symbols_text({'&', '\'', '('}) == "'&' 0x27 '('");
  CHECK(cli::symbols_text({'[', '\\', ']', 0x7f, 0x80, 0xff}) == "'[' 0x5c ']' 0x7f-0x80 0xff");
  CHECK(cli::symbols_text({automaton::kRead, automaton::kWriteBelow, automaton::kWriteSame,
                           automaton::kWriteAbove, automaton::kWriteUnknown}) == "read write");
  CHECK(cli::symbols_text({automaton::kWriteSame, automaton::kWriteAbove}) ==
        "write-same write-above");
  for (Symbol symbol = 0; symbol < automaton::kSymbolCount; ++symbol) {
    const std::string text = cli::dot_quote(cli::symbols_text({symbol}));
    INFO(text);
    CHECK(std::ranges::all_of(text, is_printable));
    CHECK(text.find('\\') == (symbol == '"' ? 2 : std::string::npos));
  }
}

TEST_CASE("graph: quotes and backslashes of a title cannot end the string") {
  CHECK(cli::dot_quote("a\"b\\") == "\"a\\\"b\\\\\"");
}
