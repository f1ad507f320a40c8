// The forwarding contenders, by name.
#include "forward.h"

#include <stddef.h>

#include "lookup-fib.h"
#include "lookup-lpm.h"
#include "world.h"

enum { WITHOUT_TABLE, WITH_LPM, WITH_FIB };
enum { ANY_CPU, WIDE_CPU };

static struct cost none;

static const char *prepare(const struct contender *self) {
  if (self->variant == WIDE_CPU && !has_wide16) return "compiled for a CPU without AVX-512";
  const char *failure = NULL;
  if (self->table == WITH_LPM) failure = prepare_lpm4(self);
  if (self->table == WITH_FIB) failure = prepare_fib4_as(FIB_2B, FIB_AVX512);
  if (failure == NULL) world_open();
  return failure;
}

uint64_t packets_pass(const struct contender *self, const struct stream *stream) {
  const uint64_t before = world.counters.encap.packets + world.counters.native.packets;
  for (size_t at = 0; at < stream->count; at += stream->batch) {
    const size_t left = stream->count - at;
    const unsigned count = left < stream->batch ? (unsigned)left : stream->batch;
    self->receive(stream, at, count);
    if (self->process != NULL) self->process(stream, (uint32_t)((stream->first + at) % SLOTS), count);
    __asm__ volatile("" ::: "memory");
  }
  return world.counters.encap.packets + world.counters.native.packets - before;
}

#define RECEIVE "the receive stage alone, part of every loop"
#define PLAIN "the engine's features in plain C"
#define WIDE4 "the engine's features, four packets a vector (SSE4.1)"
#define WIDE16 "the engine's features, sixteen packets a vector (AVX-512)"
#define BARE "fewer features: no checksum, route or policy checks, one locator an entry, no counters"
#define DECAP "PETR: decapsulation in plain C, then native by the table"

#define LPM(name, note, cpu, loop) \
  {name, FORWARD, 4, note, prepare, WITH_LPM, cpu, &lpm4_cost, packets_pass, NULL, receive_frames, loop##_lpm}
#define FIB(name, note, cpu, loop) \
  {name, FORWARD, 4, note, prepare, WITH_FIB, cpu, &fib4_cost[FIB_2B], packets_pass, NULL, receive_frames, loop##_fib}

static const struct contender forwarding[] = {
    {"receive", FORWARD, 4, RECEIVE, prepare, WITHOUT_TABLE, ANY_CPU, &none, packets_pass, NULL, receive_frames, NULL},
    LPM("forward_plain_lpm", PLAIN, ANY_CPU, forward_plain),
    FIB("forward_plain_fib", PLAIN, ANY_CPU, forward_plain),
    LPM("forward_wide4_lpm", WIDE4, ANY_CPU, forward_wide4),
    FIB("forward_wide4_fib", WIDE4, ANY_CPU, forward_wide4),
    LPM("forward_wide16_lpm", WIDE16, WIDE_CPU, forward_wide16),
    FIB("forward_wide16_fib", WIDE16, WIDE_CPU, forward_wide16),
    LPM("forward_bare_lpm", BARE, ANY_CPU, forward_bare),
    FIB("forward_bare_fib", BARE, ANY_CPU, forward_bare),
};

static const struct contender decapsulating[] = {
    {"receive_lisp", DECAPSULATE, 4, RECEIVE, prepare, WITHOUT_TABLE, ANY_CPU, &none, packets_pass, NULL, receive_lisp,
     NULL},
    {"decapsulate_lpm", DECAPSULATE, 4, DECAP, prepare, WITH_LPM, ANY_CPU, &lpm4_cost, packets_pass, NULL, receive_lisp,
     decapsulate_lpm},
    {"decapsulate_fib", DECAPSULATE, 4, DECAP, prepare, WITH_FIB, ANY_CPU, &fib4_cost[FIB_2B], packets_pass, NULL,
     receive_lisp, decapsulate_fib},
};

const struct contender_list forward_list = {forwarding, sizeof forwarding / sizeof *forwarding};
const struct contender_list decap_list = {decapsulating, sizeof decapsulating / sizeof *decapsulating};
