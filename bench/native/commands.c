#include "commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contender.h"
#include "digest.h"
#include "packets.h"
#include "tables.h"

#define WORDS 12

static const char *const work_names[] = {"lookup", "forward", "decapsulate"};

static void complain(const char *about) {
  printf("{\"error\":\"%s\"}\n", about);
}

static const struct contender *find(const char *name) {
  for (size_t list = 0; list < CONTENDER_LISTS; list++) {
    for (size_t i = 0; i < contender_lists[list]->count; i++) {
      const struct contender *each = &contender_lists[list]->first[i];
      if (strcmp(each->name, name) == 0) return each;
    }
  }
  return NULL;
}

static void list(void) {
  const char *separator = "";
  printf("{\"contenders\":[");
  for (size_t at = 0; at < CONTENDER_LISTS; at++) {
    for (size_t i = 0; i < contender_lists[at]->count; i++) {
      const struct contender *each = &contender_lists[at]->first[i];
      printf("%s{\"name\":\"%s\",\"work\":\"%s\",\"family\":%d,\"note\":\"%s\"}", separator, each->name,
             work_names[each->work], each->family, each->note);
      separator = ",";
    }
  }
  printf("]}\n");
}

static void load(const char *folder) {
  const char *failure = load_routes(folder);
  if (failure != NULL) return complain(failure);
  printf("{\"routes4\":%zu,\"routes6\":%zu,\"nextHops\":%u}\n", loaded.count4, loaded.count6, loaded.next_hops);
}

// What a command is about: its contender, ready, and the part of the trace. 0 when it has been answered already.
static int understand(char **words, int count, int numbers, const struct contender **who, struct stream *stream) {
  unsigned long given[2] = {0};
  for (int i = 0; i < numbers; i++) given[i] = strtoul(words[3 + i], NULL, 10);
  *stream = (struct stream){.summed = 1, .stride = 2240, .batch = numbers == 2 ? (unsigned)given[0] : 256};
  for (int i = 3 + numbers; i < count; i++) {
    if (strncmp(words[i], "from=", 5) == 0) stream->first = strtoul(words[i] + 5, NULL, 10);
    else if (strncmp(words[i], "stride=", 7) == 0) stream->stride = (unsigned)strtoul(words[i] + 7, NULL, 10);
    else if (strcmp(words[i], "unsummed") == 0) stream->summed = 0;
    else if (strcmp(words[i], "dirty") == 0) stream->dirty = 1;
    else return complain("unknown option"), 0;
  }
  *who = find(words[1]);
  if (*who == NULL) return complain("no such contender"), 0;
  if (loaded.count4 == 0) return complain("nothing is loaded"), 0;
  size_t keys = 0;
  stream->keys = trace_keys((*who)->family, words[2], &keys);
  if (stream->keys == NULL) return complain("no such trace"), 0;
  if (stream->first >= keys) return complain("the trace is shorter"), 0;
  const size_t wanted = given[numbers - 1];
  stream->count = wanted == 0 || wanted > keys - stream->first ? keys - stream->first : wanted;
  stream->keys = (const char *)stream->keys + stream->first * ((*who)->family == 4 ? 4 : 16);
  if (stream->batch < 1 || stream->batch > BATCH_LARGEST) return complain("a batch has 1 to 4096 keys"), 0;
  if ((*who)->work != LOOKUP) {
    const char *wrong = packets_refuse(stream);
    if (wrong != NULL) return complain(wrong), 0;
  }
  const char *skipped = (*who)->prepare(*who);
  if (skipped != NULL) return printf("{\"contender\":\"%s\",\"skipped\":\"%s\"}\n", (*who)->name, skipped), 0;
  return 1;
}

static void run_round(char **words, int count) {
  const struct contender *who;
  struct stream stream;
  if (!understand(words, count, 2, &who, &stream)) return;
  const double cpu = cpu_ns(), wall = wall_ns();
  const uint64_t sum = who->pass(who, &stream);
  const double wall_spent = wall_ns() - wall, cpu_spent = cpu_ns() - cpu;
  printf("{\"contender\":\"%s\",\"trace\":\"%s\",\"batch\":%u,\"keys\":%zu,\"cpuNs\":%.4f,\"wallNs\":%.4f,"
         "\"summed\":%s,\"sum\":%llu,\"buildMs\":%.1f,\"memoryBytes\":%zu}\n",
         who->name, words[2], stream.batch, stream.count, cpu_spent / (double)stream.count,
         wall_spent / (double)stream.count, stream.summed ? "true" : "false", (unsigned long long)sum,
         who->cost->build_ms, who->cost->memory_bytes);
}

static struct digest lookup_digest(const struct contender *who, const struct stream *stream) {
  static uint32_t values[BATCH_LARGEST];
  const size_t width = who->family == 4 ? 4 : 16;
  struct digest digest = digest_empty();
  for (size_t at = 0; at < stream->count; at += stream->batch) {
    const size_t left = stream->count - at;
    const unsigned some = left < stream->batch ? (unsigned)left : stream->batch;
    who->values((const char *)stream->keys + at * width, values, some);
    for (unsigned i = 0; i < some; i++) digest_word(&digest, values[i]);
  }
  return digest;
}

static void check(char **words, int count) {
  const struct contender *who;
  struct stream stream;
  if (!understand(words, count, 1, &who, &stream)) return;
  const struct digest digest = who->work == LOOKUP ? lookup_digest(who, &stream) : packets_digest(who, &stream);
  printf("{\"contender\":\"%s\",\"trace\":\"%s\",\"keys\":%zu,\"digest\":\"%08x\",\"sum\":%llu}\n", who->name,
         words[2], stream.count, digest.hash, (unsigned long long)digest.sum);
}

static void show(char **words, int count) {
  const struct contender *who;
  struct stream stream;
  if (!understand(words, count, 1, &who, &stream)) return;
  if (who->work == LOOKUP) return complain("lookups have no packets");
  packets_show(who, &stream);
}

int obey(char *line) {
  line[strcspn(line, "\r\n")] = '\0';
  if (strncmp(line, "load ", 5) == 0) return load(line + 5), 1; // folders may have blanks in their names
  char *words[WORDS], *rest = NULL;
  int count = 0;
  for (char *word = strtok_r(line, " ", &rest); word != NULL && count < WORDS; word = strtok_r(NULL, " ", &rest)) {
    words[count++] = word;
  }
  if (count == 0) return 1;
  if (strcmp(words[0], "quit") == 0) return 0;
  if (strcmp(words[0], "list") == 0) list();
  else if (strcmp(words[0], "round") == 0 && count >= 5) run_round(words, count);
  else if (strcmp(words[0], "check") == 0 && count >= 4) check(words, count);
  else if (strcmp(words[0], "show") == 0 && count >= 4) show(words, count);
  else complain("no such command");
  return 1;
}
