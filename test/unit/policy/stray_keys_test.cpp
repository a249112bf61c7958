// SPDX-License-Identifier: Apache-2.0
// stray_keys_test.cpp - what a key in quotes is, what a piece of a list is, and whose keys are left
// alone.
#include "policy/stray_keys.h"

#include <string>
#include <utility>

#include "support/catch.h"

using namespace sg::policy;

TEST_CASE("Stray keys: one of ours behind what is no letter") {
  struct Case {
    const char* why;
    std::string key;
    bool behind_quote;
  };
  const Case cases[] = {
      {"ours", "io.sysctl-guard.allow", false},
      {"double quote", "\"io.sysctl-guard.allow", true},
      {"single quote", "'io.sysctl-guard.deny", true},
      {"both", "'\"io.sysctl-guard.deny", true},
      {"an escaped quote", "\\\"io.sysctl-guard.deny", true},
      {"a blank", " io.sysctl-guard.allow", true},
      {"a blank and a quote", " \"io.sysctl-guard.allow", true},
      {"a quote and a blank", "\" io.sysctl-guard.allow", true},
      {"a tab", "\tio.sysctl-guard.mode", true},
      {"a line break", "\nio.sysctl-guard.deny-read", true},
      {"a bracket", "[\"io.sysctl-guard.allow", true},
      {"a quote of a word processor", "\xe2\x80\x9cio.sysctl-guard.allow", true},
      {"a no-break space", "\xc2\xa0io.sysctl-guard.allow", true},
      {"an unknown key behind a quote", "\"io.sysctl-guard.alow", true},
      {"for one container", "\"io.sysctl-guard.allow/web", true},
      {"nothing of ours", "\"io.sysctl-guarded.x", false},
      {"a domain in front", "x.io.sysctl-guard.allow", false},
      {"a letter behind the quote", "\"x.io.sysctl-guard.allow", false},
      {"quotes alone", "\"\"\"", false},
      {"empty", "", false},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(is_key_behind_quote(c.key) == c.behind_quote);
  }
}

TEST_CASE("Stray keys: a piece of a list reads like a rule") {
  struct Case {
    const char* why;
    std::string key;
    std::string value;
  };
  const Case cases[] = {
      {"what Podman 4 makes of two rules", " net.ipv4.ip_forward", "0|1"},
      {"of a module", "net.smc.wmem", "1"},
      {"of a later kernel", "vm.enable_soft_offline", "1"},
      {"of another architecture", "abi.tagged_addr_disabled", "1"},
      {"of a driver", "dev.xe.observation_paranoid", "0"},
      {"of a driver and a device", "dev.parport.default.spintime", "500"},
      {"of a protocol that is gone", "net.appletalk.aarp-expiry-time", "1"},
      {"a tab in front", "\tnet.ipv4.ip_forward", "1"},
      {"a line break in front", "\nnet.ipv4.ip_forward", "1"},
      {"a blank in front of anything", " a.b", "x"},
      {"a blank alone", " ", ""},
      {"without the blank", "net.ipv4.ip_forward", "1"},
      {"with slashes", "net/ipv4/ip_forward", "1"},
      {"as a path", "/proc/sys/net/ipv4/ip_forward", "1"},
      {"a path of an unknown name", "/proc/sys/a", "1"},
      {"a blank behind", "net.ipv4.ip_forward ", " 1"},
      {"an interface", "net.ipv4.conf.all.rp_filter", "1"},
      {"a VLAN interface", "net.ipv4.conf.eth0/100.rp_filter", "1"},
      {"a VLAN interface with slashes", "net/ipv6/conf/eth0.100/forwarding", "1"},
      {"a pattern inside", "net.ipv4.conf.*.rp_filter", "0..2"},
      {"a pattern at the end", "net.*", ""},
      {"a pattern of the top", "kern*", ""},
      {"a pattern of everything", "*", ""},
      {"a group", "@net", ""},
      {"a group of the node", "@tcp-buffers", ""},
      {"a group behind a bracket", "[\"@net\"", ""},
      {"shared memory", "kernel.shmmax", "..68719476736"},
      {"semaphores", "kernel.sem", "250 32000 32 128"},
      {"a host name", "kernel.hostname", "lab"},
      {"a name with underscores that is new", "kernel.some_new_name", "1"},
      {"a name that is new, with a value of rules", "kernel.newname", "0|1"},
      {"the same with a range", "vm.newname", "1..5"},
      {"the same with what is there", "vm.newname", "@current"},
      {"a subdirectory", "kernel.random.write_wakeup_threshold", "1"},
      {"vm", "vm.max_map_count", "262144"},
      {"vm without an underscore", "vm.swappiness", "10"},
      {"fs with a dash", "fs.file-max", "1"},
      {"message queues", "fs.mqueue.msg_max", "10"},
      {"inotify", "fs.inotify.max_user_watches", "1"},
      {"user", "user.max_net_namespaces", "0"},
      {"dev", "dev.tty.ldisc_autoload", "0"},
      {"net.core", "net.core.somaxconn", "4096"},
      {"net.core with an underscore", "net.core.rmem_max", "1"},
      {"connection tracking", "net.netfilter.nf_conntrack_max", "1"},
      {"the short name", "net.nf_conntrack_max", "1"},
      {"a bridge", "net.bridge.bridge-nf-call-iptables", "1"},
      {"unix", "net.unix.max_dgram_qlen", "1"},
      {"the last piece of a JSON array", " \"net.ipv4.ip_forward", "1\"]"},
      {"the same without a blank", "\"net.ipv4.ip_forward", "1\"]"},
      {"the same, whole", "\"net.ipv4.ip_forward=1\"]", ""},
      {"the first piece of a JSON array", "[\"net.ipv4.ip_forward", "1\""},
      {"a pattern of a JSON array", "\"net.core.*\"", ""},
  };
  for (const Case& c : cases) {
    INFO(c.why);
    CHECK(reads_like_rule(c.key, c.value));
  }
}

TEST_CASE("Stray keys: annotations of others do not read like rules") {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"net.example.app/x", "1"},
      {"net.example.app", "1"},
      {"net.core.app/x", "1"},
      {"net.ipv4.example/x", "1"},
      {"dev.containers.id", "7"},
      {"dev.tty.app", "1"},
      {"dev/containers", "x"},
      {"user.example.com/x", "1"},
      {"user.name", "alice"},
      {"user.max_users", "5"},
      {"kernel.example.com/version", "6.1"},
      {"kernel.version", "6.1"},
      {"fs.csi.example.com/volume", "a"},
      {"fs.example.org", "a"},
      {"vm.kubevirt.io/os", "fedora"},
      {"vm.kubevirt.io/max_map_count", "1"},
      {"vm.disk_size", "10"},
      {"debug.example.com/level", "3"},
      {"crypto.example.com/x", "0|1"},
      {"net.example.app/x", "0|1"},
      {"dev.example.app", "a|b"},
      {"com.example.net.ipv4.ip_forward", "1"},
      {"org.opencontainers.image.version", "1.2"},
      {"org.systemd.property.TimeoutStopUSec", "uint64 1"},
      {"io.podman.annotations.autoremove", "FALSE"},
      {"io.kubernetes.cri-o.TTY", "false"},
      {"io.kubernetes.cri.container-name", "web"},
      {"run.oci.keep_original_groups", "1"},
      {"module.wasm.image/variant", "compat"},
      {"nerdctl/name", "web"},
      {"cpu-load-balancing.crio.io", "disable"},
      {"bundle", "/run/x"},
      {"net", "1"},
      {"kernel", "0|1"},
      {"@scope/package", "1"},
      {"@", ""},
      {"\"com.example.list", "a,b\""},
      {"net..ipv4", "1"},
      {"a?b", "1"},
  };
  for (const auto& [key, value] : cases) {
    INFO(key);
    CHECK_FALSE(reads_like_rule(key, value));
  }
}

TEST_CASE("Stray keys: one that names us and is none of ours, and which was meant") {
  const std::pair<const char*, const char*> nearly[] = {
      {"sysctl-guard.io/allow", "allow"},
      {"io.sysctl-guard/allow", "allow"},
      {"sysctlguard.allow", "allow"},
      {"io.sysctlguard.deny-read", "deny-read"},
      {"io.sysctl_guard.deny_read", "deny-read"},
      {"IO.SYSCTL-GUARD.ALLOW", "allow"},
      {"io.Sysctl-Guard.profile", "profile"},
      {"com.example.sysctl-guard.deny", "deny"},
      {"sysctl.guard.alow", "allow"},
      {"sysctl-guard.io/mod", "mode"},
      {"io.sysctl-gaurd.allow", "allow"},
      {"io.syctl-guard.deny-read", "deny-read"},
      {"io.sysctl-guar.refuse", "refuse"},
      {"sysctl-guard", ""},
      {"io.sysctl-guard", ""},
      {"sysctl-guard.io/owner", ""},
  };
  for (const auto& [key, meant] : nearly) {
    INFO(key);
    CHECK(is_key_nearly_ours(key));
    CHECK(key_meant_by(key).value_or("") == meant);
  }
  for (const char* key :
       {"io.sysctl-guard.allow", "io.sysctl-guard.alow", "io.sysctl-guard.",
        "\"io.sysctl-guard.allow", "sysctl.io/guard", "net.ipv4.ip_forward",
        "io.syscall-guard.mode", "io.sysctl-gaurd.owner", "com.sysctl-gaurd.allow",
        "io.sysctl-board.allow", "sysctl guard", "", "io.kubernetes.container.name"}) {
    INFO(key);
    CHECK_FALSE(is_key_nearly_ours(key));
  }
}
