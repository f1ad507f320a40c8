#include "prefixes.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void fail(const char *what, const char *of) {
  fprintf(stderr, "gen: %s %s\n", what, of);
  exit(1);
}

// Doubles an array when it is full.
static void *grown(void *array, size_t count, size_t size) {
  if (count != 0 && (count < 1024 || (count & (count - 1)) != 0)) return array;
  void *larger = realloc(array, (count < 1024 ? 1024 : 2 * count) * size);
  if (larger == NULL) fail("out of", "memory");
  return larger;
}

// What `gzip -dc path` writes.
static FILE *open_gzip(const char *path, pid_t *child) {
  int ends[2];
  if (pipe(ends) != 0 || (*child = fork()) < 0) fail("no process for", path);
  if (*child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execlp("gzip", "gzip", "-dc", "--", path, (char *)NULL);
    _exit(127);
  }
  close(ends[1]);
  return fdopen(ends[0], "r");
}

static void add(struct prefixes *to, const char *address, unsigned bits, uint32_t next_hops, struct random *dice) {
  if (strchr(address, ':') == NULL) {
    struct in_addr parsed;
    if (bits < 1 || bits > 32 || inet_pton(AF_INET, address, &parsed) != 1) return;
    to->routes4 = grown(to->routes4, to->count4, sizeof *to->routes4);
    const uint32_t next_hop = 1 + (uint32_t)random_below(dice, next_hops);
    to->routes4[to->count4++] = (struct route4){ntohl(parsed.s_addr) & mask4(bits), bits, next_hop};
    return;
  }
  struct route6 route = {.bits = bits};
  if (bits < 1 || bits > 128 || inet_pton(AF_INET6, address, route.prefix) != 1) return;
  for (unsigned byte = 0; byte < 16; byte++) route.prefix[byte] &= mask6(bits, byte);
  to->routes6 = grown(to->routes6, to->count6, sizeof *to->routes6);
  route.next_hop = 1 + (uint32_t)random_below(dice, next_hops);
  to->routes6[to->count6++] = route;
}

static int by_prefix(const void *left, const void *right) {
  const struct route4 *a = left, *b = right;
  if (a->prefix != b->prefix) return a->prefix < b->prefix ? -1 : 1;
  return (int)a->bits - (int)b->bits;
}

static size_t sorted_once(struct route4 *routes, size_t count) {
  qsort(routes, count, sizeof *routes, by_prefix);
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    if (kept == 0 || by_prefix(&routes[kept - 1], &routes[i]) != 0) routes[kept++] = routes[i];
  }
  return kept;
}

struct prefixes read_prefixes(const char *path, uint32_t next_hops, struct random *dice) {
  struct prefixes got = {0};
  const size_t length = strlen(path);
  const int zipped = length > 3 && strcmp(path + length - 3, ".gz") == 0;
  pid_t child = 0;
  FILE *list = strcmp(path, "-") == 0 ? stdin : zipped ? open_gzip(path, &child) : fopen(path, "r");
  if (list == NULL) fail("cannot read", path);
  char line[128];
  while (fgets(line, sizeof line, list) != NULL) {
    char *slash = strchr(line, '/');
    if (slash == NULL) continue;
    *slash = '\0';
    add(&got, line, (unsigned)strtoul(slash + 1, NULL, 10), next_hops, dice);
  }
  int status = 0;
  if (zipped && (waitpid(child, &status, 0) != child || status != 0)) fail("gzip cannot read", path);
  if (got.count4 == 0 && got.count6 == 0) fail("no prefixes in", path);
  if (got.count4 != 0) got.count4 = sorted_once(got.routes4, got.count4);
  return got;
}
