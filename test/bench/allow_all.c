// SPDX-License-Identifier: Apache-2.0
// allow_all.c - attaches `return 1` to a cgroup: the least a cgroup/sysctl program can do.
//
//   allow_all CGROUP
//
// What a guard costs is compared with this one, since any program at all makes the kernel do more.
#include <bpf/bpf.h>
#include <err.h>
#include <fcntl.h>
#include <linux/bpf.h>

int main(int argc, char** argv) {
  const struct bpf_insn instructions[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 1},
      {.code = BPF_JMP | BPF_EXIT},
  };
  if (argc != 2) {
    errx(2, "usage: allow_all CGROUP");
  }
  int cgroup = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  int program = bpf_prog_load(BPF_PROG_TYPE_CGROUP_SYSCTL, "allow_all", "Dual BSD/GPL",
                              instructions, sizeof instructions / sizeof instructions[0], NULL);
  if (cgroup < 0 || program < 0 ||
      bpf_prog_attach(program, cgroup, BPF_CGROUP_SYSCTL, BPF_F_ALLOW_MULTI) != 0) {
    err(1, "%s", argv[1]);
  }
  return 0;
}
