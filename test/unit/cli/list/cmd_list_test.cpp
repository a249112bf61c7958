// SPDX-License-Identifier: Apache-2.0
// cmd_list_test.cpp - the table fits whatever is in it, and nothing of a container disturbs a
// terminal.
#include "cli/list/cmd_list.h"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "support/catch.h"
#include "support/some_guards.h"

using namespace sg;
using guard::GuardView;
using test::foreign_view;
using test::view_of;

namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kNow = 1'700'000'000 * kSecond;

kernel::Container container_at(const std::string& id, const std::string& name, std::int64_t age_s) {
  return {id, name, static_cast<std::uint64_t>(kNow - age_s * kSecond)};
}

compile::Meta some_meta() {
  compile::Meta meta;
  meta.rules = {{policy::RuleKind::kAllow, "net.*", "annotation io.sysctl-guard.allow"},
                {policy::RuleKind::kBeyondLimit, "(beyond the limit)", "node limit"},
                {policy::RuleKind::kAllowRead, "*", "built in"}};
  return meta;
}

bool is_calm(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return is_printable(c) || c == '\n'; });
}

}  // namespace

TEST_CASE("list: a row for each guard, newest first") {
  std::vector<GuardView> views;
  views.push_back(view_of(container_at("0123456789abcdef0123", "web", 300), some_meta(),
                          {{5, 0, 0, 0}, {0, 12, 0, 0}}));
  compile::Meta audit = some_meta();
  audit.audit = policy::Audit::kWithinLimit;
  views.push_back(view_of(container_at("db-1", "", 2), audit, {{1, 0, 0, 7}}));
  CHECK(cli::render_list_text(views, kNow) ==
        "ID            NAME  MODE     RULES  DENIED  WOULD-DENY  ALLOWED  AGE\n"
        "db-1          -     audit        1       1           7        0   2s\n"
        "0123456789ab  web   enforce      1       5           0       12   5m\n");
  CHECK(cli::render_list_text({}, kNow) == "No container on this host has a guard.\n");
}

TEST_CASE("list: the widest row has 80 columns, and every byte of it is printable") {
  const kernel::Container container = container_at(
      std::string(64, 'f'), "a\x1b[31m\n\xff" + std::string(100, 'n'), std::int64_t{9999} * 86400);
  compile::Meta meta = some_meta();
  meta.rules.resize(16384, {policy::RuleKind::kAllow, "net.*", "annotation io.sysctl-guard.allow"});
  std::vector<GuardView> views;
  views.push_back(
      view_of(container, meta, {{UINT64_MAX, 1, 0, UINT64_MAX}, {0, UINT64_MAX, 0, 0}}));
  const std::string text = cli::render_list_text(views, kNow);
  for (const std::string_view line : split(text, '\n')) {
    CHECK(line.size() <= cli::kUsualWidth);
  }
  CHECK(is_calm(text));
  CHECK(text.find("a\\x1b") != std::string::npos);
  CHECK(text.find("...") != std::string::npos);
}

TEST_CASE("list: a guard of another version is a row of its own and is explained") {
  std::vector<GuardView> views;
  views.push_back(foreign_view("/x\x1b"));
  views.push_back(view_of(container_at("one", "", 1), some_meta()));
  const std::string text = cli::render_list_text(views, kNow);
  CHECK(text.find("\n?    -     ?            ?       ?           ?        ?    ?\n") !=
        std::string::npos);
  CHECK(text.ends_with(
      "? is on /x\\x1b: another version of sysctl-guard attached it (metadata layout " +
      std::to_string(views[0].guard.program->layout) + ")\n"));
}

TEST_CASE("list: a guard whose container nobody wrote yet is a row, last of all") {
  const std::vector<GuardView> views = {view_of({}, some_meta()),
                                        view_of(container_at("one", "", 1), some_meta())};
  CHECK(cli::render_list_text(views, kNow) ==
        "ID   NAME  MODE     RULES  DENIED  WOULD-DENY  ALLOWED  AGE\n"
        "one  -     enforce      1       0           0        0   1s\n"
        "?    -     enforce      1       0           0        0    ?\n");
  CHECK(
      cli::render_list_json(std::span(views).first(1))
          .find(
              "{\"id\": null, \"name\": null, \"namespace\": null, "
              "\"pod\": null, \"sandbox\": false, \"engineName\": null, \"mode\": \"enforce\", ") !=
      std::string::npos);
}

TEST_CASE("list: counters that could not be read are no zeros") {
  GuardView view = view_of(container_at("one", "", 1), some_meta());
  view.counts.reset();
  const std::vector<GuardView> views = {view};
  CHECK(cli::render_list_text(views, kNow).find("      ?           ?        ?   1s\n") !=
        std::string::npos);
  CHECK(cli::render_list_json(views).find(
            "\"denied\": null, \"wouldDeny\": null, \"allowed\": null") != std::string::npos);
}

TEST_CASE("list: large numbers have at most 8 characters") {
  CHECK(cli::short_number(0) == "0");
  CHECK(cli::short_number(99'999'999) == "99999999");
  CHECK(cli::short_number(100'000'000) == "100000k");
  CHECK(cli::short_number(9'999'999'999) == "9999999k");
  CHECK(cli::short_number(10'000'000'000) == "10000M");
  CHECK(cli::short_number(UINT64_MAX) == "18446P");
}

TEST_CASE("list: the document names everything exactly") {
  std::vector<GuardView> views;
  CHECK(cli::render_list_json(views) == "{\n  \"guards\": []\n}\n");
  views.push_back(foreign_view());
  views.push_back(
      view_of(container_at("id\x1b\"", "", 0), some_meta(), {{1, 0, 0, 3}, {0, UINT64_MAX, 0, 0}}));
  CHECK(
      cli::render_list_json(views) ==
      "{\n  \"guards\": [\n"
      "    {\"id\": \"id\\u001b\\\"\", \"name\": null, \"namespace\": null, "
      "\"pod\": null, \"sandbox\": false, \"engineName\": null, \"mode\": \"enforce\", \"rules\": "
      "1, "
      "\"denied\": 1, \"wouldDeny\": 3, \"allowed\": 18446744073709551615, "
      "\"attachedAt\": \"2023-11-14T22:13:20.000000000Z\", \"cgroup\": \"/a\", \"cgroupId\": 4711, "
      "\"program\": 56, \"layout\": 5, "
      "\"procSys\": {\"writable\": null, \"paths\": [], \"why\": null}},\n"
      "    {\"id\": null, \"name\": null, \"namespace\": null, "
      "\"pod\": null, \"sandbox\": false, \"engineName\": null, \"mode\": null, \"rules\": null, "
      "\"denied\": null, "
      "\"wouldDeny\": null, \"allowed\": null, \"attachedAt\": null, \"cgroup\": \"/b\", "
      "\"cgroupId\": 4711, \"program\": 56, \"layout\": 6, \"procSys\": null}\n"
      "  ]\n}\n");
  CHECK(read_json(cli::render_list_json(views), "list",
                  std::vector<std::vector<std::string_view>>{{}}));
}

TEST_CASE("list: a container that can write nothing of what it is granted has a note") {
  compile::Meta meta;
  meta.rules = {
      {policy::RuleKind::kAllow, "net.ipv4.ip_forward", "annotation io.sysctl-guard.allow"}};
  meta.origin.annotations = {{"io.sysctl-guard.closed", "the container has\x1b CAP_SYS_ADMIN"}};
  GuardView view = view_of({"0123456789abcdef", "web"}, meta);
  const auto note = [&view] {
    const std::string text = cli::render_list_text(std::vector{view}, kNow);
    const std::size_t at = text.find("note: ");
    return at == std::string::npos ? "" : text.substr(at);
  };
  CHECK(note().empty());
  view.proc_sys = host::ProcSysView(
      "92 91 0:42 / /proc rw - proc proc rw\n93 92 0:42 /sys /proc/sys ro - proc proc rw\n");
  CHECK(note() ==
        "note: 0123456789ab: /proc/sys is read-only there, so it can write nothing of what it is "
        "granted: "
        "as its annotation io.sysctl-guard.closed says, 'the container has\\x1b CAP_SYS_ADMIN'\n");
  view.proc_sys = host::ProcSysView("92 91 0:42 / /proc rw - proc proc rw\n");
  CHECK(note().empty());
}

TEST_CASE("list: containers that an audit of the node cannot see have one note") {
  compile::Meta meta;
  meta.audit = policy::Audit::kWithinLimit;
  std::vector<GuardView> views;
  const auto note = [&views] {
    const std::string text = cli::render_list_text(views, kNow);
    const std::size_t at = text.find("note: ");
    return at == std::string::npos ? "" : text.substr(at);
  };
  const std::string rest =
      ": /proc/sys is read-only there and nothing asked to open it, so that audit has nothing to "
      "see. To learn what a "
      "container writes, start it with io.sysctl-guard.mode=audit, which opens what the node's "
      "limit permits, if \"annotationModes\" in the node policy names audit\n";
  struct Case {
    std::size_t count;
    const char* ids;
  };
  const Case cases[] = {{1, "note: id-0"},
                        {3, "note: id-0, id-1, id-2"},
                        {4, "note: id-0, id-1, id-2 and 1 more"},
                        {5, "note: id-0, id-1, id-2 and 2 more"}};
  for (const Case& c : cases) {
    while (views.size() < c.count) {
      const std::string id = "id-" + std::to_string(views.size());
      views.push_back(view_of({.id = id, .name = "web"}, meta, {}, id));
      views.back().proc_sys = host::ProcSysView(
          "92 91 0:42 / /proc rw - proc proc rw\n93 92 0:42 /sys /proc/sys ro - proc proc rw\n");
    }
    CHECK(note() == c.ids + rest);
  }
}
