// SPDX-License-Identifier: Apache-2.0
// guard_view_test.cpp - sums of counters, and which guard an ID, a name or a prefix means.
#include "app/guards/guard_view.h"

#include <string>
#include <vector>

#include "support/catch.h"
#include "support/some_guards.h"

using namespace sg;
using app::find_guard;
using app::GuardView;
using test::foreign_view;
using test::meta_of;
using test::view_of;

namespace {

const std::string kLong = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

// The ID that was found, or the message.
std::string found(const std::vector<GuardView>& views, const std::string& wanted) {
  const Result<const GuardView*> view = find_guard(views, wanted);
  return view ? (*view)->meta->container_id : view.error().message;
}

}  // namespace

TEST_CASE("guard view: an ID, a name, and what an ID alone begins with") {
  std::vector<GuardView> views;
  views.push_back(view_of(meta_of(kLong, "web")));
  views.push_back(view_of(meta_of("01aa", "db")));
  views.push_back(view_of(meta_of("01", "odd")));
  views.push_back(view_of(meta_of("web2", "")));
  views.push_back(foreign_view());
  CHECK(found(views, kLong) == kLong);
  CHECK(found(views, "web") == kLong);  // the name, though an ID begins like this
  CHECK(found(views, "01") == "01");    // the whole ID, though others begin like this
  CHECK(found(views, "012") == kLong);
  CHECK(found(views, "01a") == "01aa");
  CHECK(found(views, "w") == "web2");  // names have no prefixes
  CHECK(found(views, "x\x1b[31m") == "'x\\x1b[31m': no guarded container has this ID or name");
  CHECK(found(views, "") == "the ID is empty");
  CHECK(found(views, "unknown") == "'unknown': no guarded container has this ID or name");
  CHECK(find_guard(views, "nope").error().hint == "see sysctl-guard list");
  CHECK(find_guard(views, "nope").error().code == Errc::kUsage);
}

TEST_CASE("guard view: what several containers share is an error that lists them") {
  std::vector<GuardView> views;
  views.push_back(view_of(meta_of("aa1", "app")));
  views.push_back(view_of(meta_of("aa2", "app\n")));
  views.push_back(view_of(meta_of("bb", "app")));
  views.push_back(view_of(meta_of("cc"), {}, "/one"));
  views.push_back(view_of(meta_of("cc"), {}, "/two"));
  CHECK(found(views, "a") == "'a': several IDs begin like this: aa1 (app), aa2 (app\\n)");
  CHECK(found(views, "app") == "'app': several containers have this name: aa1 (app), bb (app)");
  CHECK(found(views, "cc") ==
        "'cc': there are several guards of this container: cc on /one, cc on /two");
  for (int i = 0; i < 20; ++i) {
    views.push_back(view_of(meta_of("z" + std::to_string(i))));
  }
  CHECK(found(views, "z").ends_with("z9 and 10 more"));
}

TEST_CASE("guard view: totals are those of all rules, without reads that are let through") {
  compile::Meta meta = meta_of("id");
  meta.rules = {{policy::RuleKind::kAllow, "net.*", "annotation io.sysctl-guard.allow"},
                {policy::RuleKind::kDenyRead, "kernel.*", "node default"},
                {policy::RuleKind::kAllowRead, "*", "built in"}};
  // deny, allow, (never), would-deny
  const GuardView view =
      view_of(meta, {{5, 0, 0, 1}, {0, 7, 0, 0}, {2, 0, 0, 3}, {0, 100, 0, 0}, {9, 9, 9, 9}});
  CHECK(view.counts->size() == 4);
  const auto totals = app::totals_of(view);
  REQUIRE(totals);
  CHECK(totals->denied == 7);
  CHECK(totals->would_deny == 4);
  CHECK(totals->allowed == 7);
  CHECK_FALSE(app::totals_of(foreign_view()));
  CHECK(view_of(meta, {}).counts->size() == 4);
}

TEST_CASE("guard view: the short form of an ID has at most 12 printable bytes") {
  CHECK(app::short_id(view_of(meta_of(kLong))) == "0123456789ab");
  CHECK(app::short_id(view_of(meta_of("short"))) == "short");
  CHECK(app::short_id(view_of(meta_of("\x1b]0;evil\a and more"))) == "\\x1b]0;ev...");
  CHECK(app::short_id(foreign_view()) == "?");
}

TEST_CASE("guard view: modes have the names that annotations give them") {
  CHECK(app::mode_name(policy::Audit::kOff) == "enforce");
  CHECK(app::mode_name(policy::Audit::kWithinLimit) == "audit");
  CHECK(app::mode_name(policy::Audit::kFull) == "audit");
}
