// The native contenders behind a line protocol: a command a line on standard input, a line of JSON back for each. So a
// runner elsewhere can interleave rounds of these with rounds of others.
//
//   list                                        names and what to know of each
//   load <folder>                               the files of gen; first of all, and once
//   round <contender> <trace> <batch> <keys>    one timed pass over that many keys (0 = all); options follow
//   check <contender> <trace> <keys>            a digest over all results of untimed passes
//   show <contender> <trace> <packets>          forwarding: packets before and after, for somebody else to judge
//   quit
//
// Options: from=N (first key), unsummed (results reach memory and are not added up), stride=N (bytes from one packet
// buffer to the next), dirty (one packet in eight is out of the ordinary).
//
//   harness [--megabytes N]      size of the library's heap, taken as it is used; 4-KiB pages
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>

#include "commands.h"

// The library asks for a memory file, which the kernel may treat otherwise than the memory of other contenders; told
// that there are none, it takes anonymous memory.
int memfd_create(const char *name, unsigned flags) {
  (void)name;
  (void)flags;
  errno = ENOSYS;
  return -1;
}

// The last CPU that this process may run on: with `taskset`, the one that was chosen.
static int last_cpu(void) {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  sched_getaffinity(0, sizeof allowed, &allowed);
  int cpu = CPU_SETSIZE - 1;
  while (cpu > 0 && !CPU_ISSET(cpu, &allowed)) cpu--;
  return cpu;
}

static int open_library(const char *megabytes) {
  char cpu[16];
  snprintf(cpu, sizeof cpu, "%d", last_cpu());
  char *words[] = {"harness", "--no-huge", "--no-shconf", "-m", (char *)(uintptr_t)megabytes, "--no-pci", "-l", cpu,
                   "--log-level=3", "--force-max-simd-bitwidth=512", "--no-telemetry", NULL};
  return rte_eal_init(sizeof words / sizeof *words - 1, words);
}

int main(int count, char **words) {
  const char *megabytes = count == 3 && strcmp(words[1], "--megabytes") == 0 ? words[2] : "6144";
  if (open_library(megabytes) < 0) {
    printf("{\"error\":\"the DPDK environment does not start\"}\n");
    return 1;
  }
  char line[4096];
  while (fgets(line, sizeof line, stdin) != NULL) {
    if (!obey(line)) break;
    fflush(stdout);
  }
  return 0;
}
