// SPDX-License-Identifier: Apache-2.0
// check_command.cpp - what `check` takes, and what its help says.
//
// Tested by test/integration/20-check.bats.
#include <cstdint>

#include "cli/check/cmd_check.h"
#include "cli/commands.h"
#include "cli/option_values.h"

namespace sg::cli {

Command check_command() {
  return {
      .name = "check",
      .line = "say which accesses a policy allows, without running a container",
      .about =
          "say which accesses a policy allows, without running a container. The answer comes from "
          "the table that the kernel would walk.",
      .usage = {"[OPTION]... [ACCESS]...", "--file FILE [OPTION]... [ACCESS]..."},
      .details =
          "An ACCESS is NAME, a read, or NAME=VALUE, a write of VALUE. A NAME is written with dots "
          "or with slashes, as in sysctl.d(5); blanks round \"=\" mean nothing. With no ACCESS "
          "only the policy is checked.",
      .operands = {.noun = "access", .max = SIZE_MAX},
      .options =
          {{"--annotation", "KEY=VALUE", "an annotation of the container; can be repeated", true},
           {"--bundle", "DIR",
            "take annotations, linux.sysctl and namespaces from DIR/config.json; --annotation "
            "replaces equal keys"},
           {"--file", "FILE",
            "ask about each line of FILE, written as in sysctl.d(5) or sysctl.conf; \"-\" for "
            "standard input"},
           {"--position", "N",
            "ask about writes at position N of the file below /proc/sys, not at 0, where most "
            "programs write"},
           {"--current", "NAME=VALUE",
            "VALUE is the number that the sysctl NAME holds, for rules with @current; can be "
            "repeated; default: what the running kernel shows of a sysctl of the host",
            true},
           {"--policy", "FILE",
            "the node policy, in place of the installed one; \"none\" for the defaults, as where "
            "none is installed"},
           {"--private-ns", "LIST",
            "the namespaces that the container has to itself: net, ipc, uts, user, pid, with "
            "commas between them; empty for none; default: those of --bundle, else net,ipc,uts"},
           {"--kernel", "RELEASE",
            "the kernel of the node, as uname -r prints it (6.1.0-44-amd64, 6.18); then the "
            "running one is not asked what a sysctl holds; default: the running one"},
           {"--json", "", kJsonHelp}},
      .examples = {{"Is a write allowed, and another value?",
                    "sysctl-guard check net.ipv4.ip_forward=1 net.ipv4.ip_forward=2 \\\n"
                    "    --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1'"},
                   {"What does a deny leave, for a script?",
                    "sysctl-guard check --json --annotation 'io.sysctl-guard.allow=net.*' \\\n"
                    "    --annotation 'io.sysctl-guard.deny=net.core.*' net.core.somaxconn=1024"},
                   {"May a number be raised, and may what was raised be lowered again?",
                    "sysctl-guard check vm.max_map_count=1048576 vm.max_map_count=65530 \\\n"
                    "    --policy policy.json --current vm.max_map_count=262144 \\\n"
                    "    --annotation 'io.sysctl-guard.allow=vm.max_map_count=@current..1048576'"},
                   {"Is the policy of the bundle in this directory valid?",
                    "sysctl-guard check --bundle ."},
                   {"Is this node policy valid, and what does it let this annotation have?",
                    "sysctl-guard check --policy policy.json \\\n"
                    "    --annotation 'io.sysctl-guard.allow=net.ipv4.ip_forward=0|1'"}},
      .exit_codes = {{kExitDone, "every access is allowed"},
                     {kExitFailed, "at least one access is denied"},
                     {kExitUsage,
                      "the policy is invalid or beyond the node's limit: no verdicts, but with "
                      "--json the document with what is wrong; or wrong arguments: nothing on "
                      "standard output; or output that could not be written"}},
      .run = run_with_options<read_check_options, cmd_check>};
}

}  // namespace sg::cli
