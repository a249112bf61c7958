// SPDX-License-Identifier: Apache-2.0
// dangers.cpp - the table of dangerous sysctls, those of Linux 5.10 to 6.18.
//
// What each rests on: Documentation/admin-guide/sysctl of the kernel, and the handlers. A value
// that does no harm is one that a host has by itself, or that makes it stricter.
#include "sysctl/dangers.h"

namespace sg::sysctl {
namespace {

constexpr Danger kDangers[] = {
    // Programs that the kernel starts by itself (kernel/umh.c), with all capabilities, outside of
    // every container.
    {"kernel/core_pattern", Harm::kGivesAway, R"("|"*)", "",
     "when a program crashes, the kernel runs what stands behind \"|\" as root of the host"},
    {"kernel/modprobe", Harm::kGivesAway, "",
     "/sbin/modprobe|/usr/sbin/modprobe|/bin/true|/bin/false",
     "the kernel runs it as root of the host when a module is missing"},
    {"kernel/hotplug", Harm::kGivesAway, "", "",
     "the kernel runs it as root of the host for each device that comes or goes"},
    {"kernel/poweroff_cmd", Harm::kGivesAway, "", "/sbin/poweroff|/usr/sbin/poweroff",
     "the kernel runs it as root of the host when it powers off"},
    {"kernel/usermodehelper/*", Harm::kWeakens, "", "",
     "it takes capabilities from the programs that the kernel starts, until the next boot"},

    {"kernel/core_pattern", Harm::kWeakens, R"("@"*)", "",
     "the memory of every program that crashes then goes to the socket behind \"@\""},
    {"kernel/sysctl_writes_strict", Harm::kWeakens, "", "1",
     "a write at any file position then replaces a value, so what a rule has judged need not be "
     "what "
     "is stored"},
    {"kernel/unprivileged_bpf_disabled", Harm::kWeakens, "", "1|2",
     "every user of the host may then load BPF programs"},
    {"kernel/unprivileged_userns_clone", Harm::kWeakens, "", "0",
     "every user may then make user namespaces, and attack the kernel as root of one"},
    {"kernel/unprivileged_userns_apparmor_policy", Harm::kWeakens, "", "1",
     "programs in user namespaces then load policy of their own"},
    {"kernel/apparmor_restrict_unprivileged_*", Harm::kWeakens, "", "1",
     "AppArmor then no longer holds programs without a profile"},
    {"kernel/io_uring_disabled", Harm::kWeakens, "", "1|2", "every user may then make an io_uring"},
    {"kernel/yama/ptrace_scope", Harm::kWeakens, "", "1..3",
     "every process may then trace those of the same user"},
    {"kernel/perf_event_paranoid", Harm::kWeakens, "", "2..",
     "every user may then watch the kernel and other processes"},
    {"kernel/kptr_restrict", Harm::kWeakens, "", "1|2", "addresses of the kernel can then be read"},
    {"kernel/dmesg_restrict", Harm::kWeakens, "", "1", "every user may then read the kernel's log"},
    {"kernel/randomize_va_space", Harm::kWeakens, "", "2",
     "programs are then loaded where an attacker expects them"},
    {"kernel/loadpin/*", Harm::kWeakens, "", "1", "modules may then come from any file system"},
    {"kernel/stack_erasing", Harm::kWeakens, "", "1",
     "the kernel's stacks then keep what was on them"},
    {"vm/legacy_va_layout", Harm::kWeakens, "", "0",
     "memory is then mapped where an attacker expects it"},
    {"vm/mmap_rnd_bits", Harm::kWeakens, "", "28..", "fewer bits make addresses easier to guess"},
    {"vm/mmap_rnd_compat_bits", Harm::kWeakens, "", "8..",
     "fewer bits make addresses easier to guess"},
    {"vm/mmap_min_addr", Harm::kWeakens, "", "4096..",
     "a program may then map page zero, where null pointers of the kernel lead"},
    {"vm/unprivileged_userfaultfd", Harm::kWeakens, "", "0",
     "every user may then stop the kernel in the middle of a copy"},
    {"fs/suid_dumpable", Harm::kWeakens, "", "0|2",
     "users may then read the memory of set-user-ID programs"},
    {"fs/protected_hardlinks", Harm::kWeakens, "", "1",
     "users may then make links to files that are not theirs"},
    {"fs/protected_symlinks", Harm::kWeakens, "", "1",
     "root may then be led by the links of others in /tmp"},
    {"fs/protected_fifos", Harm::kWeakens, "", "1|2",
     "root may then write into the FIFOs of others"},
    {"fs/protected_regular", Harm::kWeakens, "", "1|2",
     "root may then write into files of others in /tmp"},
    {"net/core/bpf_jit_enable", Harm::kWeakens, "", "0|1",
     "2 writes compiled programs into the kernel's log"},
    {"net/core/bpf_jit_harden", Harm::kWeakens, "", "1|2",
     "constants of BPF programs then stand in the kernel's code as they are"},
    {"net/core/bpf_jit_kallsyms", Harm::kWeakens, "", "0",
     "addresses of compiled programs can then be read"},
    {"dev/tty/ldisc_autoload", Harm::kWeakens, "", "0",
     "every user may then have line disciplines loaded, long a way into the kernel"},
    {"dev/tty/legacy_tiocsti", Harm::kWeakens, "", "0",
     "programs may then type into their terminal, whoever reads it"},

    {"kernel/panic*", Harm::kBringsDown, "", "0",
     "the host then stops or reboots where it would have gone on"},
    {"kernel/hardlockup_panic", Harm::kBringsDown, "", "0",
     "a processor that is stuck then stops the host"},
    {"kernel/softlockup_panic", Harm::kBringsDown, "", "0",
     "a task that is stuck then stops the host"},
    {"kernel/hung_task_panic", Harm::kBringsDown, "", "0",
     "a task that waits too long then stops the host"},
    {"kernel/max_rcu_stall_to_panic", Harm::kBringsDown, "", "0", "a stall then stops the host"},
    {"kernel/unknown_nmi_panic", Harm::kBringsDown, "", "0",
     "an unknown interrupt then stops the host"},
    {"kernel/oops_limit", Harm::kBringsDown, "", "0|1000..", "a few faults then stop the host"},
    {"kernel/warn_limit", Harm::kBringsDown, "", "0|1000..", "a few warnings then stop the host"},
    {"vm/panic_on_oom", Harm::kBringsDown, "", "0", "a lack of memory then stops the host"},
    {"fs/xfs/panic_mask", Harm::kBringsDown, "", "0",
     "an error of a file system then stops the host"},
    {"kernel/sysrq", Harm::kBringsDown, "", "0|16", "keys then kill, remount or reboot"},
    {"kernel/ctrl-alt-del", Harm::kBringsDown, "", "0",
     "three keys then reboot the host at once, without a sync"},
    {"kernel/cad_pid", Harm::kBringsDown, "", "1",
     "it says which process is told to reboot the host"},
    {"kernel/kexec_load_*", Harm::kBringsDown, "", "",
     "there is then no kexec and no crash dump until the next boot"},
    {"kernel/modules_disabled", Harm::kBringsDown, "", "0",
     "no module can then be loaded until the next boot"},
    {"kernel/pid_max", Harm::kBringsDown, "", "4096..", "the host then has no room for processes"},
    {"kernel/threads-max", Harm::kBringsDown, "", "4096..",
     "the host then has no room for processes"},
    {"fs/file-max", Harm::kBringsDown, "", "8192..18446744073709551615",
     "no process of the host can then open a file"},
    {"vm/min_free_kbytes", Harm::kBringsDown, "", "..1048576",
     "the host then has no memory left for programs"},
    {"vm/overcommit_memory", Harm::kBringsDown, "", "0|1",
     "2 refuses memory to programs of the host that count on it"},
};

}  // namespace

std::string_view harm_clause(Harm harm) noexcept {
  switch (harm) {
    case Harm::kGivesAway:
      return "gives the host away";
    case Harm::kWeakens:
      return "weakens the host";
    case Harm::kBringsDown:
      return "can bring the host down";
  }
  return "";
}

std::span<const Danger> dangers() noexcept { return kDangers; }

}  // namespace sg::sysctl
