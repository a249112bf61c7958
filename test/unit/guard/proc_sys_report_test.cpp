// SPDX-License-Identifier: Apache-2.0
// proc_sys_report_test.cpp - what is said of a /proc/sys that is open, shut, or open in parts.
#include "guard/proc_sys_report.h"

#include <string>

#include "compile/meta.h"
#include "support/catch.h"

using namespace sg;
using guard::SeenProcSys;

namespace {

const std::string kProc = "92 91 0:42 / /proc rw - proc proc rw\n";
const std::string kClosed = kProc + "93 92 0:42 /sys /proc/sys ro - proc proc rw\n";
const std::string kParts = kClosed + "94 93 0:42 /sys/vm /proc/sys/vm rw - proc proc rw\n";

SeenProcSys seen(const std::string& mountinfo) { return host::ProcSysView(mountinfo); }

compile::Meta granted() {
  compile::Meta meta;
  meta.rules = {{policy::RuleKind::kAllow, "vm.swappiness", "annotation io.sysctl-guard.allow"},
                {policy::RuleKind::kAllowRead, "*", "built in"}};
  return meta;
}

}  // namespace

TEST_CASE("Proc sys report: shut is what permits something and can write nothing") {
  CHECK(guard::is_shut(granted(), seen(kClosed)));
  CHECK_FALSE(guard::is_shut(granted(), seen(kParts)));
  CHECK_FALSE(guard::is_shut(granted(), seen(kProc)));
  CHECK_FALSE(guard::is_shut(granted(), {}));
  compile::Meta nothing = granted();
  nothing.rules.erase(nothing.rules.begin());
  CHECK_FALSE(guard::is_shut(nothing, seen(kClosed)));
  nothing.audit = policy::Audit::kWithinLimit;
  CHECK(guard::is_shut(nothing, seen(kClosed)));
}

TEST_CASE("Proc sys report: why it is shut, and what would open it") {
  const std::string shut = "/proc/sys is read-only: ";
  const std::string lost = ". A write to what is read-only is EROFS and leaves no event";
  const std::string advice =
      ". To learn all that the container writes, start it with io.sysctl-guard.mode=audit, which "
      "opens what the node's "
      "limit permits, if \"annotationModes\" in the node policy names audit";
  const std::string nobody =
      "neither Podman's precreate stage nor sysctl-guard-runtime has opened it";
  compile::Meta meta = granted();
  CHECK(guard::asks_to_open(meta));
  CHECK(guard::unlearnable_text(meta, seen(kClosed)) == shut + nobody + lost);
  CHECK(guard::unlearnable_text(meta, seen(kParts)) ==
        "/proc/sys is read-only but for vm" + lost + advice);
  CHECK(guard::unlearnable_text(meta, seen(kProc)).empty());
  CHECK(guard::unlearnable_text(meta, {}).empty());
  // The node audits, and the container has nothing that asks.
  meta.rules.erase(meta.rules.begin());
  meta.audit = policy::Audit::kWithinLimit;
  CHECK_FALSE(guard::asks_to_open(meta));
  CHECK(guard::unlearnable_text(meta, seen(kClosed)) ==
        shut + "nothing asked to open it" + lost + advice);
  for (const char* const key : {"io.sysctl-guard.mode", "io.sysctl-guard.mode/web"}) {
    meta.origin.annotations = {{key, "audit"}};
    CHECK(guard::asks_to_open(meta));
    CHECK(guard::unlearnable_text(meta, seen(kClosed)) == shut + nobody + lost);
    CHECK(guard::unlearnable_text(meta, seen(kParts)) ==
          "/proc/sys is read-only but for vm" + lost);
  }
  meta.origin.annotations = {{"io.sysctl-guard.closed", "a reason"}};
  CHECK(guard::unlearnable_text(meta, seen(kClosed)) ==
        shut + "as its annotation io.sysctl-guard.closed says, 'a reason'" + lost);
}

TEST_CASE("Proc sys report: text and JSON") {
  compile::Meta meta = granted();
  struct Case {
    SeenProcSys proc_sys;
    const char* text;
    const char* json;
  };
  const std::string nobody =
      "neither Podman's precreate stage nor sysctl-guard-runtime has opened it";
  CHECK(guard::proc_sys_text(meta, seen(kClosed)) == "read-only: " + nobody);
  CHECK(guard::proc_sys_json(meta, seen(kClosed)).line() ==
        R"({"writable": "none", "paths": [], "why": ")" + nobody + "\"}");
  meta.origin.annotations = {{"io.sysctl-guard.closed", "no \"reason\"\n"}};
  const Case cases[] = {
      {{},
       "not known: no process of the container can be looked at",
       R"({"writable": null, "paths": [], "why": null})"},
      {seen(kProc), "writable", R"({"writable": "all", "paths": [], "why": null})"},
      {seen(kParts), "read-only but for vm",
       R"({"writable": "parts", "paths": ["vm"], "why": null})"},
      {seen(kClosed),
       "read-only: as its annotation io.sysctl-guard.closed says, 'no \"reason\"\\n'",
       R"({"writable": "none", "paths": [], "why": "as its annotation io.sysctl-guard.closed says, 'no \"reason\"\\n'"})"}};
  for (const Case& c : cases) {
    CHECK(guard::proc_sys_text(meta, c.proc_sys) == c.text);
    CHECK(guard::proc_sys_json(meta, c.proc_sys).line() == c.json);
  }
}
