// SPDX-License-Identifier: Apache-2.0
// learn_test.cpp - names: one rule for each sysctl, interfaces, names that cannot stand in a rule;
// values into alternatives, ranges, texts and quotes.
// That what is learned permits what was seen is tested where it is compiled,
// test/unit/compile/learned_rules_test.cpp.
#include "policy/learn.h"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.h"

using namespace sg;
using policy::Generalise;
using policy::Learned;
using policy::SeenWrite;

namespace {

SeenWrite write(const std::string& name, const std::string& value, std::uint64_t count = 1) {
  return {.name = name,
          .value = value,
          .value_size = value.size(),
          .at_position_zero = true,
          .count = count};
}

std::string shown(const std::vector<SeenWrite>& writes, Generalise generalise = Generalise::kAll,
                  std::uint64_t min = 1) {
  const Learned learned = policy::learn(writes, generalise, min);
  std::string text;
  for (const policy::LearnedRule& rule : learned.rules) {
    text += rule.text + " " + std::to_string(rule.seen);
    for (const std::string& note : rule.notes) {
      text += "; " + note;
    }
    text += "\n";
  }
  for (const policy::Unnameable& found : learned.unnameable) {
    text += "none " + std::to_string(found.seen) + ": " + found.why + "\n";
  }
  return learned.rare == 0 ? text : text + "rare " + std::to_string(learned.rare) + "\n";
}

// What is learned behind the name, and the notes.
std::string learn(const std::string& name, std::vector<SeenWrite> writes, bool generalise = true) {
  for (SeenWrite& write : writes) {
    write.name = name;
    std::ranges::replace(write.name, '.', '/');
  }
  const Learned learned =
      policy::learn(writes, generalise ? Generalise::kValues : Generalise::kNone, 1);
  REQUIRE(learned.rules.size() == 1);
  std::string text = learned.rules[0].text.substr(name.size());
  for (const std::string& note : learned.rules[0].notes) {
    text += "; " + note;
  }
  return text;
}

std::vector<SeenWrite> values(const std::vector<std::string>& values) {
  std::vector<SeenWrite> writes;
  for (const std::string& value : values) {
    writes.push_back(write("", value));
  }
  return writes;
}

}  // namespace

TEST_CASE("Learn: one rule for each sysctl, with how often it was seen") {
  CHECK(shown({}) == "");
  CHECK(shown({write("net/ipv4/ip_forward", "1\n", 3), write("net/ipv4/ip_forward", "0"),
               write("kernel/sem", "1 2 3 4")}) ==
        "kernel.sem=1 2 3 4 1\nnet.ipv4.ip_forward=0|1 4\n");
}

TEST_CASE("Learn: several interfaces become a star, one does not, all and default alone neither") {
  const SeenWrite one = write("net/ipv4/conf/wg0/src_valid_mark", "1", 2);
  const SeenWrite other = write("net/ipv4/conf/eth0.100/src_valid_mark", "0");
  const SeenWrite all = write("net/ipv4/conf/all/src_valid_mark", "2");
  const SeenWrite fallback = write("net/ipv4/conf/default/src_valid_mark", "2");
  CHECK(shown({one}) == "net.ipv4.conf.wg0.src_valid_mark=1 2\n");
  CHECK(shown({other}) == "net.ipv4.conf.eth0/100.src_valid_mark=0 1\n");
  CHECK(shown({one, all, fallback}) ==
        "net.ipv4.conf.all.src_valid_mark=2 1\n"
        "net.ipv4.conf.default.src_valid_mark=2 1\n"
        "net.ipv4.conf.wg0.src_valid_mark=1 2\n");
  CHECK(shown({one, other}) == "net.ipv4.conf.*.src_valid_mark=0|1 3; interfaces eth0.100, wg0\n");
  CHECK(shown({one, other, all}) ==
        "net.ipv4.conf.*.src_valid_mark=0|1|2 4; interfaces eth0.100, wg0\n");
  CHECK(shown({one, other}, Generalise::kInterfaces) == shown({one, other}));
  for (const Generalise generalise : {Generalise::kNone, Generalise::kValues}) {
    CHECK(shown({one, other}, generalise) ==
          "net.ipv4.conf.eth0/100.src_valid_mark=0 1\nnet.ipv4.conf.wg0.src_valid_mark=1 2\n");
  }
}

TEST_CASE("Learn: what cannot stand in a rule") {
  CHECK(shown({write("net/ipv4/conf/a,b\xff/forwarding", "1")}) ==
        "net.ipv4.conf.*.forwarding=1 1; \"*\" in place of \"a,b\\xff\", which cannot stand in a "
        "rule\n");
  CHECK(shown({write("net/ipv4/conf/a,b/forwarding", "1"),
               write("net/ipv4/conf/c d/forwarding", "0")}) ==
        "net.ipv4.conf.*.forwarding=0|1 2; interfaces a,b, c d\n");
  CHECK(shown({write("", "1")}) == "none 1: its name is not known\n");
  CHECK(shown({write("net/" + std::string(124, 'a'), "1", 2)}) ==
        "none 2: its name has more than 127 bytes\n");
  CHECK(shown({write("net/" + std::string(123, 'a'), "1")}) ==
        "net." + std::string(123, 'a') + "=1 1\n");
  for (const std::string name :
       {"net//x", "/net", "net/../kernel/x", "a.b/c", "*/c", "\xff", "a.b"}) {
    INFO(name);
    CHECK(shown({write(name, "1")}) == "none 1: no sysctl has such a name\n");
  }
  CHECK(shown({write(std::string("net/a\0b", 7), "1")}) == "none 1: no sysctl has such a name\n");
}

TEST_CASE("Learn: nothing that a shell could act on stands in a rule") {
  for (const std::string name :
       {"a'b$(x)", "a`b`", "a;b", "a&b", "a<b", "a>b", "a!b", "a\\b", "a(b)", "a#b", "~a"}) {
    INFO(name);
    const std::string line = shown({write("net/ipv4/conf/" + name + "/forwarding", "1")});
    CHECK(line.starts_with("net.ipv4.conf.*.forwarding=1 1; \"*\" in place of \""));
    CHECK(line.ends_with("\", which a shell could act on\n"));
  }
  CHECK(policy::has_shell_byte("a\tb"));
  CHECK_FALSE(policy::has_shell_byte("net.ipv4.conf.*.x=\"a, b|c\"|1..2 3|[a]?"));
}

TEST_CASE("Learn: what was seen too rarely is left out, by the rule it would be part of") {
  const std::vector<SeenWrite> writes = {write("kernel/a", "1", 2), write("kernel/b", "1"),
                                         write("kernel/b", "2"), write("kernel/c", "1")};
  CHECK(shown(writes, Generalise::kAll, 2) == "kernel.a=1 2\nkernel.b=1|2 2\nrare 1\n");
  CHECK(shown(writes, Generalise::kAll, 3) == "rare 3\n");
}

TEST_CASE("Learned values: numbers and rows of numbers") {
  CHECK(learn("a.b", values({"1\n", "0", " 1 "})) == "=0|1");
  CHECK(learn("a.b", values({"10", "9", "-1"})) == "=-1|9|10");
  CHECK(learn("a.b", values({"4096\t87380 6291456\n"})) == "=4096 87380 6291456");
  CHECK(learn("a.b", values({"1 2", "3"})) == "=3|1 2");
}

TEST_CASE("Learned values: more than a few numbers are a range, each place of a row by itself") {
  CHECK(learn("a.b", values({"1", "2", "3", "4"})) == "=1|2|3|4");
  CHECK(learn("a.b", values({"9", "2", "30", "4", "-5"})) ==
        "=-5..30; a range of 5 different values");
  CHECK(learn("a.b", values({"9", "2", "30", "4", "-5"}), false) == "=-5|2|4|9|30");
  CHECK(learn("a.b", values({"1 7", "2 7", "3 7", "4 7", "5 7"})) ==
        "=1..5 7; a range of 5 different values");
}

TEST_CASE("Learned values: text is quoted as the language needs") {
  CHECK(learn("a.b", values({"cubic\n", "reno"})) == "=cubic|reno");
  CHECK(learn("a.b", values({"a|b, c..d*"})) == "=\"a|b, c..d*\"");
  CHECK(learn("a.b", values({"say \"a\""})) == "=\"say \"\"a\"\"\"");
  CHECK(learn("a.b", values({" a "})) == "=\" a \"");
  CHECK(learn("a.b", values({"010", "0x10", "-0", "1,2"})) == "=\"-0\"|\"010\"|\"0x10\"|\"1,2\"");
  CHECK(learn("a.b", values({"1", "on"})) == "=1|on");
}

TEST_CASE("Learned values: numbers that a rule for this sysctl may not have are text") {
  CHECK(learn("a.b", values({"4294967296"})) == "=\"4294967296\"");
  CHECK(learn("a.b", values({"99999999999999999999"})) == "=\"99999999999999999999\"");
  CHECK(learn("kernel.shmmax", values({"4294967296"})) == "=4294967296");
  CHECK(learn("net.core.rps_default_mask", values({"10\n"})) == "=\"10\"");
}

TEST_CASE("Learned values: what a shell could act on becomes any value") {
  CHECK(learn("a.b", values({"1'; touch /tmp/pwned; : '"})) ==
        "; any value: 1 write of bytes that a shell could act on");
  CHECK(learn("a.b",
              values({"1", "$(x)\n", "`x`", "a;b", "a&b", "<a", ">a", "!a", "a\\b", "a\tb"})) ==
        "; any value: 9 writes of bytes that a shell could act on");
}

TEST_CASE("Learned values: many texts become any value") {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < policy::kTextsMax; ++i) {
    texts.push_back("host" + std::string(i, 'x'));
  }
  CHECK(learn("a.b", values(texts)).starts_with("=\"host\"|hostx|") == false);
  CHECK(learn("a.b", values(texts)).starts_with("=host|hostx|"));
  texts.push_back("other");
  CHECK(learn("a.b", values(texts)) == "; any value: 17 different texts");
  CHECK(learn("a.b", values(texts), false).starts_with("=host|"));
}

TEST_CASE("Learned values: what cannot be judged whole needs a rule without values") {
  CHECK(learn("a.b", values({std::string(254, 'a')})).size() == 255);
  CHECK(learn("a.b", values({std::string(254, 'a') + "\n"})).size() == 255);
  CHECK(learn("a.b", values({std::string(255, 'a')})) ==
        "; any value: 1 write of more than 254 bytes");
  std::vector<SeenWrite> writes = values({"1", std::string(255, '1')});
  writes[1].value_size = 300;
  CHECK(learn("a.b", writes) == "; any value: 1 write of more than 254 bytes");
  writes = values({"1", "2"});
  writes[1].at_position_zero = false;
  writes[1].count = 3;
  CHECK(learn("a.b", writes) == "; any value: 3 writes not at file position 0");
  CHECK(learn("a.b", values({std::string("1\0", 2)})) ==
        "; any value: 1 write with a zero byte in the value");
  CHECK(learn("a.b", values({"", "\n"})) ==
        "; any value: 1 write of an empty line; any value: 1 write of an empty value");
  CHECK(learn("a.b", values({"a\nb", "\xff", "a\n\n"})) ==
        "; any value: 3 writes of bytes that cannot stand in a rule");
}

TEST_CASE("Learn: what gives the host away is never learned without values") {
  CHECK(learn("kernel.core_pattern", {write("", "/tmp/core.%e\n", 2), write("", "core\n")}) ==
        "=/*|core");
  CHECK(learn("kernel.core_pattern", {write("", std::string(300, 'x'))}).starts_with("=/*; "));
  CHECK(learn("kernel.core_pattern", {write("", "|/bin/x %p\n")}).starts_with("=/*; "));
}
