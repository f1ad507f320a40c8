// Decapsulation as the engine does it (assembly/decap.ts), by a PETR: an outer header to this router comes off, and the
// packet inside leaves natively by the loaded table. ECN by RFC 6040.
#include "forward.h"
#include "forward-table.h"
#include "outcome.h"

#define UDP 17
#define UDP_BYTES 8u
#define LISP_BYTES 8u

// Packets of a batch that came out of an envelope.
struct inside {
  unsigned count;
  uint32_t destination[PACKETS_A_BATCH];
  uint16_t slot[PACKETS_A_BATCH];
  struct header header[PACKETS_A_BATCH];
};

static struct inside inside;
static struct values values;

static int is_udp_checksum_right(const uint8_t *packet, const uint8_t *udp, uint32_t bytes) {
  if (load16(udp + 6) == 0) return 1;
  const uint32_t tail = bytes & 1 ? (uint32_t)udp[bytes - 1] << 8 : 0;
  return fold(sum_words(packet + 12, 8) + UDP + bytes + sum_words(udp, bytes & ~1u) + tail) == 0xffff;
}

// ECN after decapsulation (RFC 6040 figure 4), or -1 = drop.
ALWAYS_INLINE int merge_ecn(uint32_t inner, uint32_t outer) {
  if (outer == 3) return inner == 0 ? -1 : 3;
  return outer == 1 && inner == 2 ? 1 : (int)inner;
}

// Describes what is inside, TTL and TOS merged; changes nothing.
ALWAYS_INLINE enum reason open_envelope(const uint8_t *packet, const struct header *outer, struct header *inner) {
  const uint8_t *udp = packet + outer->bytes, *lisp = udp + UDP_BYTES;
  const uint32_t room = outer->length - outer->bytes;
  if (room < UDP_BYTES) return REASON_LISP_TRUNCATED;
  const uint32_t bytes = load16(udp + 4);
  if (bytes < UDP_BYTES + LISP_BYTES || bytes > room) return REASON_LISP_TRUNCATED;
  if (!is_udp_checksum_right(packet, udp, bytes)) return REASON_UDP_CHECKSUM;
  if (lisp[0] & 0x03) return REASON_LISP_KEY;
  if (lisp[0] & 0x08 && load32(lisp + 4) >> 8 != 0) return REASON_UNKNOWN_INSTANCE;
  if (parse_header(lisp + LISP_BYTES, bytes - UDP_BYTES - LISP_BYTES, inner) != REASON_NONE) return REASON_BAD_INNER;
  const int ecn = merge_ecn(inner->tos & 3, outer->tos & 3);
  if (ecn < 0) return REASON_ECN;
  inner->tos = (uint8_t)((outer->tos & 0xfc) | ecn);
  if (outer->ttl < inner->ttl) inner->ttl = outer->ttl;
  return REASON_NONE;
}

ALWAYS_INLINE int is_lisp_data(const struct descriptor *descriptor, const uint8_t *packet,
                               const struct header *header) {
  if (header->protocol != UDP || header->is_fragment || header->length - header->bytes < 4u) return 0;
  return !(descriptor->flags & DESC_ORIGINATED) && load16(packet + header->bytes + 2) == LISP_PORT;
}

// 1 to 3. Returns the bytes of the envelope of a packet that is accepted, else 0.
ALWAYS_INLINE uint32_t admit(uint32_t slot) {
  struct descriptor *descriptor = &world.descriptors[slot];
  uint8_t *packet = world.slots + descriptor->buffer + descriptor->offset;
  struct header outer, *inner = &inside.header[inside.count];
  const enum reason reason = parse_header(packet, descriptor->length, &outer);
  if (reason != REASON_NONE) return drop(descriptor, reason), 0;
  descriptor->length = (uint16_t)outer.length;
  const uint32_t route = small_longest(&world.routes, outer.destination);
  const int is_local = route != 0 && world.next_hops[route - 1].kind == NEXT_HOP_LOCAL;
  if (is_not_unicast(outer.source)) return drop(descriptor, REASON_NOT_UNICAST), 0;
  // Not to this router: traffic that the encapsulating loops are for.
  if (!is_local) return drop(descriptor, REASON_NO_ROUTE), 0;
  if (!is_lisp_data(descriptor, packet, &outer)) return punt(descriptor, REASON_LOCAL), 0;
  const enum reason refusal = open_envelope(packet, &outer, inner);
  if (refusal != REASON_NONE) return drop(descriptor, refusal), 0;
  if (!(small_union(&world.policies, inner->source) & POLICY_PETR_SOURCE)) {
    return drop(descriptor, REASON_SOURCE_DENIED), 0;
  }
  const uint32_t envelope = outer.bytes + UDP_BYTES + LISP_BYTES;
  descriptor->offset = (uint16_t)(descriptor->offset + envelope);
  descriptor->length = (uint16_t)inner->length;
  descriptor->flags |= DESC_DECAPSULATED;
  descriptor->instance = 0;
  set_ttl_and_tos(packet + envelope, inner->ttl, inner->tos);
  inside.destination[inside.count] = inner->destination;
  inside.slot[inside.count++] = (uint16_t)slot;
  return outer.length;
}

// 2, 4, 5 and 9 for what came out. Own and attached addresses come before the loaded table, the default route after it.
ALWAYS_INLINE void leave(unsigned at, uint32_t value) {
  struct descriptor *descriptor = &world.descriptors[inside.slot[at]];
  uint8_t *packet = world.slots + descriptor->buffer + descriptor->offset;
  const struct header *header = &inside.header[at];
  uint32_t route = small_longest(&world.routes, header->destination);
  if (route == NEXT_HOP_OUT + 1 && value != 0) route = NEXT_HOP_COUNT + value;
  const int is_local = route != 0 && world.next_hops[route - 1].kind == NEXT_HOP_LOCAL;
  if (is_not_unicast(header->source) || (!is_local && is_not_unicast(header->destination))) {
    return drop(descriptor, REASON_NOT_UNICAST);
  }
  if (is_local) return punt(descriptor, REASON_LOCAL);
  if (header->ttl <= 1) return punt(descriptor, REASON_TTL_EXPIRED);
  by_route(descriptor, packet, header, route);
}

ALWAYS_INLINE void decapsulate(enum forward_table table, uint32_t first, unsigned count) {
  inside.count = 0;
  uint64_t received = 0, decapsulated = 0;
  for (unsigned i = 0; i < count; i++) {
    received += world.descriptors[first + i].length;
    decapsulated += admit(first + i);
  }
  look_up(table, inside.destination, &values, inside.count);
  for (unsigned i = 0; i < inside.count; i++) leave(i, value_of(table, &values, i));
  world.counters.received.packets += count;
  world.counters.received.bytes += received;
  world.counters.decap.packets += inside.count;
  world.counters.decap.bytes += decapsulated;
}

void decapsulate_lpm(const struct stream *stream, uint32_t first, unsigned count) {
  (void)stream;
  decapsulate(BY_LPM, first, count);
}

void decapsulate_fib(const struct stream *stream, uint32_t first, unsigned count) {
  (void)stream;
  decapsulate(BY_FIB, first, count);
}
