// SPDX-License-Identifier: Apache-2.0
// exit_zero.c - what a container of the benchmark runs: static, so that a root with nothing else
// will do.
int main(void) { return 0; }
