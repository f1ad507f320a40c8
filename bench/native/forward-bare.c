// The least that puts 36 bytes in front of a packet: no checksum verified, no route or policy asked, one locator an
// entry, no descriptor written, nothing counted, a cheaper hash. Other work than the engine's; its numbers say what the
// features cost, not who is faster.
#include "forward.h"
#include "forward-table.h"

static uint32_t keys[PACKETS_A_BATCH];
static struct values values;

ALWAYS_INLINE uint8_t *packet_at(const struct stream *stream, uint32_t slot) {
  return world.slots + (size_t)slot * stream->stride + HEADROOM;
}

ALWAYS_INLINE void put_header(uint8_t *packet, uint32_t match) {
  const uint32_t index = (match - 1) & (REWRITES - 1);
  uint64_t addresses;
  uint32_t ports;
  memcpy(&addresses, packet + 12, sizeof addresses);
  memcpy(&ports, packet + 20, sizeof ports);
  uint64_t hash = (addresses ^ ports * 0x9e3779b97f4a7c15ull) * 0xd6e8feb86659fd93ull;
  hash ^= hash >> 32;
  const uint32_t ttl = packet[8] - 1u, tos = packet[1], length = load16(packet + 2), total = length + OVERHEAD;
  packet[8] = (uint8_t)ttl;
  store16(packet + 10, fold(load16(packet + 10) + 0x100));
  uint8_t *outer = packet - OVERHEAD;
  memcpy(outer, world.rewrites[index].headers, OVERHEAD);
  outer[1] = (uint8_t)tos;
  store16(outer + 2, total);
  outer[8] = (uint8_t)ttl;
  store16(outer + 10, ~fold(world.sides[index].sum + tos + total + (ttl << 8)));
  store16(outer + 20, 0xc000 | (hash & 0x3fff));
  store16(outer + 24, length + 16);
}

ALWAYS_INLINE void forward(enum forward_table table, const struct stream *stream, uint32_t first, unsigned count) {
  uint32_t odd = 0;
  for (unsigned i = 0; i < count; i++) {
    const uint8_t *packet = packet_at(stream, first + i);
    odd |= (packet[0] ^ 0x45u) | (packet[8] < 2);
    keys[i] = load32(packet + 16);
  }
  if (odd != 0) return;
  look_up(table, keys, &values, count);
  for (unsigned i = 0; i < count; i++) put_header(packet_at(stream, first + i), value_of(table, &values, i));
}

void forward_bare_lpm(const struct stream *stream, uint32_t first, unsigned count) {
  forward(BY_LPM, stream, first, count);
}

void forward_bare_fib(const struct stream *stream, uint32_t first, unsigned count) {
  forward(BY_FIB, stream, first, count);
}
