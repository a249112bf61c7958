// SPDX-License-Identifier: Apache-2.0
// learn_test.cpp - names: one rule for each sysctl, interfaces, names that cannot stand in a rule.
// That what is learned permits what was seen is tested in learned_rules_test.cpp.
#include "cli/learn/learn.h"

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

std::string shown(const std::vector<SeenWrite>& writes, Generalise generalise = Generalise::kAll,
                  std::uint64_t min = 1) {
  const Learned learned = cli::learn(writes, generalise, min);
  std::string text;
  for (const cli::LearnedRule& rule : learned.rules) {
    text += rule.text + " " + std::to_string(rule.seen);
    for (const std::string& note : rule.notes) {
      text += "; " + note;
    }
    text += "\n";
  }
  for (const cli::Unnameable& found : learned.unnameable) {
    text += "none " + std::to_string(found.seen) + ": " + found.why + "\n";
  }
  return learned.rare == 0 ? text : text + "rare " + std::to_string(learned.rare) + "\n";
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

TEST_CASE("Learn: names that machines make become a pattern, with those that were seen") {
  const SeenWrite one = write("net/ipv4/conf/calidfcf2daed3d/rp_filter", "1");
  const SeenWrite other = write("net/ipv4/conf/cali0123456789a/rp_filter", "0");
  const SeenWrite person = write("net/ipv4/conf/eth0/rp_filter", "1");
  const SeenWrite all = write("net/ipv4/conf/all/rp_filter", "1");
  CHECK(shown({one}) == "net.ipv4.conf.cali*.rp_filter=1 1; interface calidfcf2daed3d\n");
  CHECK(shown({one, other}) ==
        "net.ipv4.conf.cali*.rp_filter=0|1 2; interfaces cali0123456789a, calidfcf2daed3d\n");
  CHECK(shown({one, all}) ==
        "net.ipv4.conf.all.rp_filter=1 1\n"
        "net.ipv4.conf.cali*.rp_filter=1 1; interface calidfcf2daed3d\n");
  CHECK(shown({one, person}) ==
        "net.ipv4.conf.*.rp_filter=1 2; interfaces calidfcf2daed3d, eth0\n");
  CHECK(shown({write("net/ipv6/neigh/veth8e6cce6/retrans_time", "1")}, Generalise::kInterfaces) ==
        "net.ipv6.neigh.veth*.retrans_time=1 1; interface veth8e6cce6\n");
  CHECK(shown({one}, Generalise::kNone) == "net.ipv4.conf.calidfcf2daed3d.rp_filter=1 1\n");
  CHECK(shown({one}, Generalise::kValues) == "net.ipv4.conf.calidfcf2daed3d.rp_filter=1 1\n");
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
  CHECK(cli::has_shell_byte("a\tb"));
  CHECK_FALSE(cli::has_shell_byte("net.ipv4.conf.*.x=\"a, b|c\"|1..2 3|[a]?"));
}

TEST_CASE("Learn: what was seen too rarely is left out, by the rule it would be part of") {
  const std::vector<SeenWrite> writes = {write("kernel/a", "1", 2), write("kernel/b", "1"),
                                         write("kernel/b", "2"), write("kernel/c", "1")};
  CHECK(shown(writes, Generalise::kAll, 2) == "kernel.a=1 2\nkernel.b=1|2 2\nrare 1\n");
  CHECK(shown(writes, Generalise::kAll, 3) == "rare 3\n");
}
