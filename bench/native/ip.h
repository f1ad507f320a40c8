// IPv4 headers as the engine judges them (assembly/ipv4.ts, classify.ts), and the hash of a flow (flow.ts).
#ifndef IP_H
#define IP_H

#include "bytes.h"
#include "records.h"

#define IPV4_BYTES 20u
#define ALWAYS_INLINE static inline __attribute__((always_inline))

struct header {
  uint32_t length; // of the packet, trailing bytes not
  uint32_t source, destination;
  uint8_t bytes, ttl, tos, protocol, is_fragment;
};

ALWAYS_INLINE enum reason parse_header(const uint8_t *packet, uint32_t bytes, struct header *header) {
  if (bytes == 0) return REASON_TRUNCATED;
  if (packet[0] >> 4 != 4) return REASON_BAD_VERSION;
  if (bytes < IPV4_BYTES) return REASON_TRUNCATED;
  const uint32_t header_bytes = (uint32_t)(packet[0] & 15) << 2;
  const uint32_t total = load16(packet + 2);
  if (header_bytes < IPV4_BYTES || total < header_bytes) return REASON_BAD_HEADER;
  if (total > bytes) return REASON_TRUNCATED;
  const uint32_t sum = header_bytes == IPV4_BYTES ? sum_words(packet, IPV4_BYTES) : sum_words(packet, header_bytes);
  if (sum != 0xffff) return REASON_BAD_CHECKSUM;
  header->length = total;
  header->bytes = (uint8_t)header_bytes;
  header->tos = packet[1];
  header->is_fragment = (load16(packet + 6) & 0x3fff) != 0;
  header->ttl = packet[8];
  header->protocol = packet[9];
  header->source = load32(packet + 12);
  header->destination = load32(packet + 16);
  return REASON_NONE;
}

ALWAYS_INLINE int is_not_unicast(uint32_t address) {
  return address >> 28 == 0xe || address == 0xffffffff || address == 0;
}

// Sets TTL and TOS; the checksum follows. Whole words are stored, so that no load waits for a narrower store.
ALWAYS_INLINE void set_ttl_and_tos(uint8_t *packet, uint32_t ttl, uint32_t tos) {
  const uint32_t tos_before = load16(packet), ttl_before = load16(packet + 8);
  const uint32_t tos_after = (tos_before & 0xff00) | tos, ttl_after = ttl << 8 | (ttl_before & 0xff);
  if (tos_after == tos_before && ttl_after == ttl_before) return;
  const uint32_t checksum = update_checksum(load16(packet + 10), tos_before, tos_after);
  store16(packet, tos_after);
  store32(packet + 8, ttl_after << 16 | update_checksum(checksum, ttl_before, ttl_after));
}

ALWAYS_INLINE uint32_t rotate(uint32_t word, unsigned bits) {
  return word << bits | word >> (32 - bits);
}

ALWAYS_INLINE uint32_t hash_mix(uint32_t hash, uint32_t word) {
  return rotate(hash ^ rotate(word * 0xcc9e2d51, 15) * 0x1b873593, 13) * 5 + 0xe6546b64;
}

// Source and destination port as one word, 0 where there are none.
ALWAYS_INLINE uint32_t ports_of(const uint8_t *packet, const struct header *header) {
  const uint32_t protocol = header->protocol;
  // One branch for all: which of the protocols it is cannot be foreseen.
  const uint32_t has_ports = (protocol == 6) | (protocol == 17) | (protocol == 132);
  if (header->is_fragment || header->length - header->bytes < 4u) return 0;
  return load32(packet + header->bytes) & -has_ports;
}

// MurmurHash3 x86 32 (Austin Appleby), seed 0.
ALWAYS_INLINE uint32_t flow_hash(const uint8_t *packet, const struct header *header) {
  uint32_t hash = hash_mix(hash_mix(0, header->source), header->destination);
  hash = hash_mix(hash_mix(hash, ports_of(packet, header)), header->protocol);
  hash ^= 16;
  hash = (hash ^ hash >> 16) * 0x85ebca6b;
  hash = (hash ^ hash >> 13) * 0xc2b2ae35;
  return hash ^ hash >> 16;
}

#endif
