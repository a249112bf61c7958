// SPDX-License-Identifier: Apache-2.0
// learned_values_test.cpp - values into alternatives, ranges, texts and quotes.
#include "cli/learn/learned_values.h"

#include <algorithm>
#include <string>
#include <vector>

#include "support/catch.h"

using namespace sg;
using cli::Generalise;
using cli::Learned;
using cli::SeenWrite;

namespace {

SeenWrite write(const std::string& name, const std::string& value, std::uint64_t count = 1) {
  return {.name = name,
          .value = value,
          .value_size = value.size(),
          .at_position_zero = true,
          .count = count};
}

// What is learned behind the name, and the notes.
std::string learn(const std::string& name, std::vector<SeenWrite> writes, bool generalise = true) {
  for (SeenWrite& write : writes) {
    write.name = name;
    std::ranges::replace(write.name, '.', '/');
  }
  const Learned learned =
      cli::learn(writes, generalise ? Generalise::kValues : Generalise::kNone, 1);
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
  CHECK(learn("a.b", values({"@current", "@current..5\n"})) == "=\"@current\"|\"@current..5\"");
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
  for (std::size_t i = 0; i < cli::kTextsMax; ++i) {
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

TEST_CASE("Learned values: what a router dictates becomes what is sane, with a word") {
  const std::string hops = "net.ipv6.conf.eth0.hop_limit";
  const std::string why = "a router dictates it, and a small one cuts the container off";
  CHECK(learn(hops, values({"64\n"})) == "=32..255; a range of what is sane, seen 64: " + why);
  CHECK(learn(hops, values({"64", "255", "40", "41"})) ==
        "=32..255; a range of what is sane, seen 40, 41, 64, ...: " + why);
  CHECK(learn(hops, values({"3", "64"})) == "=32..255|3; a range of what is sane, seen 64: " + why);
  CHECK(learn(hops, values({"3"})) == "=3");
  CHECK(learn(hops, values({"64"}), /*generalise=*/false) == "=64");
  CHECK(learn("net.ipv6.conf.eth0.mtu", values({"1500"})).starts_with("=1280..65536; "));
  CHECK(
      learn("net.ipv6.neigh.eth0.retrans_time_ms", values({"1000"})).starts_with("=100..60000; "));
  CHECK(learn("net.ipv6.neigh.eth0.retrans_time", values({"100"})).starts_with("=10..6000; "));
  CHECK(learn("net.ipv6.neigh.eth0.base_reachable_time", values({"30"})).starts_with("=1..3600; "));
  CHECK(learn("net.ipv4.neigh.eth0.retrans_time_ms", values({"1000"})) == "=1000");
  CHECK(learn("net.ipv4.ip_default_ttl", values({"64"})) == "=64");
}

TEST_CASE("Learned values: what gives the host away is never learned for any value") {
  const std::string core = "kernel.core_pattern";
  CHECK(learn(core, values({"/var/cores/%p\n"})) == "=/*");
  CHECK(learn(core, values({"/tmp/core.%e\n", "core\n"})) == "=/*|core");
  for (const std::string& text :
       {std::string("$(x)"), std::string(), std::string(300, 'x'), std::string("|/bin/x %p\n")}) {
    INFO(text);
    CHECK(learn(core, values({text})).starts_with("=/*; "));
    CHECK(learn(core, values({text}), /*generalise=*/false).starts_with("=/*; "));
  }
  std::vector<std::string> many;
  for (int i = 0; i < 30; ++i) {
    many.push_back("core" + std::to_string(i));
  }
  CHECK(learn(core, values(many)).starts_with("=/*; "));
}
