// SPDX-License-Identifier: Apache-2.0
// guard_test.cpp - what an attached guard lets through, on real sysctls in fresh namespaces.
//
// Every row is made three times: without the guard, which shows what the kernel does with the
// value; inside the guarded cgroup; and read back. Values are those with which a policy could be
// got around. Needs root.
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "kernel/guarded_cgroup.h"
#include "support/catch.h"

using namespace sg;
using test::GuardedCgroup;
using test::Outcome;
using test::Piece;

namespace {

// Every byte of it is legal in the name of an interface, and none means anything to the guard.
constexpr const char* kOddInterface = "w*?\x1b]\x01\xff\"'";

const std::string kOddMark = std::string("net/ipv4/conf/") + kOddInterface + "/src_valid_mark";
const std::string kOddLocal = std::string("net/ipv4/conf/") + kOddInterface + "/accept_local";

struct Row {
  const char* why;
  std::string sysctl;
  std::string before;
  std::vector<Piece> pieces;
  int error;            // of the last piece inside the cgroup
  std::string control;  // content after the same writes without the guard; "?": kernels differ
  std::string after;    // content after the writes inside; for one refused write `before`
};

std::string blanks(std::size_t count) { return std::string(count, ' '); }

// Refused inside: what was before stays.
Row refused(const char* why, std::string sysctl, std::string before, std::string value,
            std::string control, off_t position = 0) {
  return {why,   std::move(sysctl),  before, {{std::move(value), position}},
          EPERM, std::move(control), before};
}

Row allowed(const char* why, std::string sysctl, std::string before, std::string value,
            std::string control, off_t position = 0) {
  return {why,    std::move(sysctl), std::move(before), {{std::move(value), position}}, 0, control,
          control};
}

void run(const GuardedCgroup& cgroup, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    INFO(row.why << " (" << row.sysctl << ")");
    if (!test::sysctl_exists(row.sysctl)) {
      WARN("this kernel has no " << row.sysctl << " here");
      continue;
    }
    REQUIRE(test::write_sysctl(row.sysctl, {{row.before, 0}}).error == 0);
    REQUIRE(test::read_sysctl(row.sysctl) == row.before);
    (void)test::write_sysctl(row.sysctl, row.pieces);
    if (row.control != "?") {
      CHECK(test::read_sysctl(row.sysctl) == row.control);
    }
    REQUIRE(test::write_sysctl(row.sysctl, {{row.before, 0}}).error == 0);
    REQUIRE(test::read_sysctl(row.sysctl) == row.before);
    const Outcome outcome = cgroup.write_inside(row.sysctl, row.pieces);
    CHECK(outcome.error == row.error);
    CHECK(test::read_sysctl(row.sysctl) == row.after);
    REQUIRE(test::write_sysctl(row.sysctl, {{row.before, 0}}).error == 0);
  }
}

void guard(GuardedCgroup& cgroup, const std::string& allow, const std::string& deny = "",
           const std::string& deny_read = "") {
  REQUIRE(test::enter_fresh_namespaces());
  const Status status = cgroup.guard(test::policy_of(allow, deny, deny_read), "container");
  INFO((status ? "" : status.error().message));
  REQUIRE(status);
}

// The one interface of a fresh network namespace gets another name.
bool rename_loopback(const char* to) {
  static const bool renamed = [to] {
    const UniqueFd socket_fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ifreq request{};
    std::strncpy(request.ifr_name, "lo", IFNAMSIZ - 1);
    std::strncpy(request.ifr_newname, to, IFNAMSIZ - 1);
    return ioctl(socket_fd.get(), SIOCSIFNAME, &request) == 0;
  }();
  return renamed;
}

}  // namespace

TEST_CASE("Guard: numbers that handlers cut down to 32 bits are outside every open range") {
  GuardedCgroup cgroup;
  guard(cgroup, "net.ipv4.icmp_ratelimit=1000..,net.ipv4.tcp_invalid_ratelimit=..1000");
  const std::string from = "net/ipv4/icmp_ratelimit";
  const std::string to = "net/ipv4/tcp_invalid_ratelimit";
  run(cgroup, {
                  allowed("in the range", from, "1000", "2000", "2000"),
                  refused("below it; in ticks it may be rounded", from, "1000", "900", "?"),
                  refused("2^32, which the kernel may store as 0", from, "1000", "4294967296", "?"),
                  refused("2^32 + 1", from, "1000", "4294967297", "?"),
                  allowed("in the other range", to, "500", "1000", "1000"),
                  refused("above it", to, "500", "5000", "5000"),
                  refused("-2^32 + 5000, which the kernel may store as 5000", to, "500",
                          "-4294962296", "?"),
              });
}

TEST_CASE("Guard: numbers as the kernel reads them and as the rule does") {
  GuardedCgroup cgroup;
  guard(cgroup, "net.ipv4.ip_forward=0|1");
  const std::string name = "net/ipv4/ip_forward";
  run(cgroup,
      {
          allowed("a number", name, "0", "1", "1"),
          allowed("with a newline", name, "0", "1\n", "1"),
          allowed("with several", name, "0", "1\n\n\n", "1"),
          allowed("blanks around it", name, "0", " \t1\t \n", "1"),
          allowed("the longest value that fits", name, "0", "1" + blanks(254), "1"),
          allowed("the longest, blanks in front", name, "0", blanks(254) + "1", "1"),
          refused("another number", name, "0", "2", "2"),
          refused("one byte too long", name, "0", "1" + blanks(255), "1"),
          refused("one byte too long, blanks in front", name, "0", blanks(255) + "1", "1"),
          refused("hexadecimal", name, "0", "0x1", "1"),
          refused("octal", name, "0", "01", "1"),
          refused("octal of another number", name, "0", "010", "8"),
          refused("octal with many zeros", name, "0", std::string(19, '0') + "1", "1"),
          refused("more zeros than the kernel takes", name, "0", std::string(200, '0') + "1", "0"),
          refused("more digits than any number has", name, "0", std::string(200, '1'), "0"),
          refused("a number that is 1 in 32 bits", name, "0", "4294967297", "0"),
          refused("minus zero", name, "1", "-0", "0"),
          refused("a plus sign, which the kernel refuses too", name, "0", "+1", "0"),
          refused("garbage behind it, which the kernel drops", name, "0", "1 garbage", "1"),
          refused("a second line, which the kernel drops", name, "0", "1\n0\n", "1"),
          refused("two numbers", name, "0", "1 0", "1"),
          refused("a vertical tab in front", name, "0", "\v1", "1"),
          refused("a newline in front", name, "0", "\n1", "1"),
          refused("a zero byte in it", name, "0", std::string("1\0x", 3), "0"),
          refused("nothing", name, "0", "", "0"),
          refused("a blank alone", name, "0", " ", "0"),
          refused("at position 1, where the kernel ignores it", name, "0", "1", "0", 1),
          allowed("at position 2^32, which the guard sees as 0 and the kernel ignores", name, "0",
                  "1", "0", off_t{1} << 32),
      });
}

TEST_CASE("Guard: values longer than its buffer and than the kernel's page") {
  GuardedCgroup cgroup;
  guard(cgroup, "net.ipv4.ip_forward=0|1\nkernel.domainname=ok*");
  for (const std::size_t size : {256u, 257u, 4094u, 4095u}) {
    const std::string name = "net/ipv4/ip_forward";
    INFO("a value of " << size << " bytes");
    run(cgroup, {refused("blanks, then the number", name, "0", blanks(size - 1) + "1", "1"),
                 refused("the number, then blanks", name, "0", "1" + blanks(size - 1), "1")});
  }
  for (const std::size_t size : {4096u, 4097u, 70000u}) {
    INFO("a value of " << size << " bytes");
    run(cgroup, {refused("the number, then blanks", "net/ipv4/ip_forward", "0",
                         "1" + blanks(size - 1), "1"),
                 refused("the number, blanks and another", "net/ipv4/ip_forward", "0",
                         "1" + blanks(size - 2) + "0", "1"),
                 refused("a permitted beginning", "kernel/domainname", "x",
                         "ok" + std::string(size - 2, 'a'), "ok" + std::string(62, 'a'))});
  }
}

TEST_CASE("Guard: vectors whose elements the kernel would fill in") {
  GuardedCgroup cgroup;
  guard(cgroup, "net.ipv4.ip_local_port_range=32768..65535 32768..65535");
  const std::string name = "net/ipv4/ip_local_port_range";
  const std::string before = "33000\t60000";
  run(cgroup,
      {
          allowed("both", name, before, "40000 50000\n", "40000\t50000"),
          allowed("blanks between them", name, before, "40000 \t 50000", "40000\t50000"),
          refused("the first alone: the second stays", name, before, "40000", "40000\t60000"),
          refused("the first out of range", name, before, "2000 50000", "2000\t50000"),
          refused("one too many", name, before, "40000 50000 1", "40000\t50000"),
          refused("a newline between them", name, before, "40000\n50000", "40000\t50000"),
          refused("a comma between them", name, before, "40000,50000", before),
          refused("octal", name, before, "0100000 50000", "32768\t50000"),
      });
}

TEST_CASE("Guard: large numbers and the sysctls of IPC") {
  GuardedCgroup cgroup;
  guard(cgroup, "kernel.shmmax=1000..18446744073709551615\nkernel.sem=* 32000 * 1..128");
  run(cgroup,
      {
          allowed("a number beyond 32 bits, where the sysctl holds it", "kernel/shmmax", "5000",
                  "18446744073692774399", "18446744073692774399"),
          refused("below it", "kernel/shmmax", "5000", "999", "999"),
          refused("negative, which the kernel refuses too", "kernel/shmmax", "5000", "-1", "5000"),
          refused("hexadecimal", "kernel/shmmax", "5000", "0x1000", "4096"),
          refused("2^64, which wraps to 0", "kernel/shmmax", "5000", "18446744073709551616", "?"),
          refused("octal, 1000 as it stands", "kernel/shmmax", "5000", "01000", "512"),
          allowed("any token where the rule has one", "kernel/sem", "250\t32000\t32\t64",
                  "300 32000 40 128", "300\t32000\t40\t128"),
          refused("elements left out", "kernel/sem", "250\t32000\t32\t64", "300",
                  "300\t32000\t32\t64"),
          refused("another number", "kernel/sem", "250\t32000\t32\t64", "250 30000 32 64",
                  "250\t30000\t32\t64"),
      });
}

TEST_CASE("Guard: texts that the kernel cuts or puts together") {
  GuardedCgroup cgroup;
  guard(cgroup, "kernel.domainname=ok*|xyz");
  const std::string name = "kernel/domainname";
  run(cgroup, {
                  allowed("the text", name, "before", "xyz", "xyz"),
                  allowed("with its newline", name, "before", "xyz\n", "xyz"),
                  allowed("a prefix", name, "before", "okay then", "okay then"),
                  allowed("a prefix alone", name, "before", "ok\n", "ok"),
                  allowed("a prefix longer than the kernel keeps", name, "before",
                          "ok" + std::string(200, 'a'), "ok" + std::string(62, 'a')),
                  refused("another text", name, "before", "evil", "evil"),
                  refused("something in front", name, "before", " ok", " ok"),
                  refused("a second line", name, "before", "ok\nevil", "ok"),
                  refused("two newlines", name, "before", "xyz\n\n", "xyz"),
                  refused("a zero byte", name, "before", std::string("ok\0evil", 7), "ok"),
                  refused("more behind a text that is no prefix", name, "before", "xyzz", "xyzz"),
                  refused("a byte that is not printable", name, "before", "ok\x80", "ok\x80"),
                  refused("appended to what is there", name, "before", "ok", "befok", 3),
                  {"built from several writes, the first of which is refused",
                   name,
                   "before",
                   {{"x", 0}, {"y", 1}, {"z", 2}},
                   EPERM,
                   "xyz",
                   "before"},
                  {"built behind a permitted one",
                   name,
                   "before",
                   {{"ok", 0}, {"\n", 2}, {"evil", 2}},
                   EPERM,
                   "okevil",
                   "ok"},
              });
}

TEST_CASE("Guard: handlers that look at the position or the value in ways of their own") {
  GuardedCgroup cgroup;
  guard(cgroup,
        "net.ipv4.ip_local_reserved_ports=8080|\"7777\"\nnet.core.rps_default_mask=\"0\"\n"
        "net.ipv4.tcp_congestion_control=reno");
  run(cgroup,
      {
          allowed("a port", "net/ipv4/ip_local_reserved_ports", "8081", "8080", "8080"),
          refused("a permitted port at a position, where the kernel adds it to the others",
                  "net/ipv4/ip_local_reserved_ports", "8080", "7777", "7777,8080", 5),
          refused("a list", "net/ipv4/ip_local_reserved_ports", "8081", "7777,8080", "7777,8080"),
      });
  const std::string control_name = "net/ipv4/tcp_congestion_control";
  const std::string preset = test::read_sysctl(control_name).value_or("reno");
  if (preset != "reno") {
    run(cgroup, {allowed("a congestion control", control_name, preset, "reno\n", "reno"),
                 refused("another one", control_name, "reno", preset, preset)});
    CHECK(cgroup.write_inside(control_name, {{"reno", 3}}).error == EPERM);
  }
  if (!test::sysctl_exists("net/core/rps_default_mask")) {
    WARN("this kernel has no net/core/rps_default_mask here");
    return;
  }
  const std::string zero = *test::read_sysctl("net/core/rps_default_mask");
  const std::string one = zero.substr(0, zero.size() - 1) + "1";
  const std::string mask = "net/core/rps_default_mask";
  CHECK(cgroup.write_inside(mask, {{"0", 0}}).error == 0);
  for (const std::string& value :
       {std::string("1"), std::string("0 1"), std::string("0,1"), "0" + blanks(5000) + "1"}) {
    INFO("a mask of " << value.size() << " bytes");
    (void)test::write_sysctl(mask, {{value, 0}});
    CHECK(test::read_sysctl(mask) == one);
    REQUIRE(test::write_sysctl(mask, {{"0", 0}}).error == 0);
    CHECK(cgroup.write_inside(mask, {{value, 0}}).error == EPERM);
    CHECK(test::read_sysctl(mask) == zero);
  }
}

TEST_CASE("Guard: a number by what is there") {
  GuardedCgroup cgroup;
  guard(cgroup,
        "net.ipv4.ip_default_ttl=@current..100\nnet.ipv4.tcp_retries2=@current\n"
        "net.ipv4.igmp_max_msf=@current..\nnet.ipv4.tcp_rme*=@current..|8192");
  const std::string ttl = "net/ipv4/ip_default_ttl";
  const std::string retries = "net/ipv4/tcp_retries2";
  const std::string signed_one = "net/ipv4/igmp_max_msf";  // takes negative numbers
  const std::string vector = "net/ipv4/tcp_rmem";
  const std::string held = *test::read_sysctl(vector);
  run(cgroup,
      {
          allowed("the same", ttl, "64", "64", "64"),
          allowed("one more", ttl, "64", "65", "65"),
          allowed("the last one", ttl, "64", "100", "100"),
          allowed("more digits", ttl, "9", "10", "10"),
          allowed("blanks and newlines", ttl, "64", " \t70 \n\n", "70"),
          refused("one less", ttl, "64", "63", "63"),
          refused("fewer digits", ttl, "64", "9", "9"),
          refused("beyond the last one", ttl, "64", "101", "101"),
          refused("more bytes than a number has", ttl, "64", blanks(40) + "70", "70"),
          refused("hexadecimal", ttl, "64", "0x50", "80"),
          refused("octal", ttl, "64", "0120", "80"),
          refused("elsewhere than at position 0", ttl, "64", "70", "?", 1),
          allowed("the same alone", retries, "9", "9", "9"),
          refused("not one less", retries, "9", "8", "8"),
          refused("not one more", retries, "9", "10", "10"),
          allowed("a negative number up", signed_one, "-5", "-4", "-4"),
          allowed("over zero", signed_one, "-5", "1", "1"),
          refused("a negative number down", signed_one, "-5", "-6", "-6"),
          refused("below zero", signed_one, "5", "-6", "-6"),
          refused("of several numbers there is no current one", vector, held, "8388608", "?"),
          allowed("a value beside it that asks for nothing", vector, held, "8192",
                  "8192" + held.substr(held.find('\t'))),
      });
}

TEST_CASE("Guard: names are matched as bytes, each name by itself") {
  REQUIRE(test::enter_fresh_namespaces());
  REQUIRE(rename_loopback(kOddInterface));
  GuardedCgroup cgroup;
  guard(cgroup, "net.ipv4.conf.w*.src_valid_mark=0|1\nnet.ipv4.ip_forward\nnet.ipv4.neigh.*",
        "net.ipv4.neigh.*.delay_first_probe_time");
  run(cgroup,
      {
          allowed("an interface with odd bytes in its name", kOddMark, "0", "1", "1"),
          refused("another value there", kOddMark, "0", "2", "2"),
          refused("another sysctl there", kOddLocal, "0", "1", "1"),
          refused("an interface the pattern does not name", "net/ipv4/conf/all/src_valid_mark", "0",
                  "1", "1"),
          allowed("a rule for any value", "net/ipv4/ip_forward", "0", "0x1 garbage", "1"),
          allowed("any value, also one that cannot be seen", "net/ipv4/ip_forward", "0",
                  "1" + blanks(70000), "1"),
          allowed("any position", "net/ipv4/ip_forward", "0", "1", "0", 1),
          refused("the other name of it", "net/ipv4/conf/all/forwarding", "0", "1", "1"),
          refused("a name that goes on", "net/ipv4/ip_forward_use_pmtu", "0", "1", "1"),
          refused("a name that ends before", "net/ipv4/ip_default_ttl", "64", "65", "65"),
          refused("deny goes before allow",
                  std::string("net/ipv4/neigh/") + kOddInterface + "/delay_first_probe_time", "5",
                  "6", "6"),
          allowed("a final * goes on over components",
                  std::string("net/ipv4/neigh/") + kOddInterface + "/retrans_time_ms", "1000",
                  "2000", "2000"),
      });
}

TEST_CASE("Guard: reads are let through unless a deny-read rule says otherwise") {
  GuardedCgroup open_cgroup;
  guard(open_cgroup, "net.ipv4.ip_forward");
  CHECK(open_cgroup.read_inside("net/ipv4/ip_default_ttl").moved == 3);
  GuardedCgroup cgroup;
  guard(cgroup, "net.ipv4.ip_forward", "", "net.ipv4.ip_default_ttl\nkernel.*");
  CHECK(cgroup.read_inside("net/ipv4/ip_default_ttl").error == EPERM);
  CHECK(cgroup.read_inside("net/ipv4/ip_forward").moved == 2);
  CHECK(cgroup.read_inside("kernel/hostname").error == EPERM);
  CHECK(cgroup.read_inside("kernel/cap_last_cap").moved > 0);
  CHECK(test::read_sysctl("net/ipv4/ip_default_ttl").has_value());
}
