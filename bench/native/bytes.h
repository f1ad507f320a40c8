// Bytes on the wire are big-endian; this machine is not.
#ifndef BYTES_H
#define BYTES_H

#include <stdint.h>
#include <string.h>

static inline uint32_t load16(const uint8_t *at) {
  uint16_t word;
  memcpy(&word, at, sizeof word);
  return __builtin_bswap16(word);
}

static inline uint32_t load32(const uint8_t *at) {
  uint32_t word;
  memcpy(&word, at, sizeof word);
  return __builtin_bswap32(word);
}

static inline void store16(uint8_t *at, uint32_t value) {
  const uint16_t word = __builtin_bswap16((uint16_t)value);
  memcpy(at, &word, sizeof word);
}

static inline void store32(uint8_t *at, uint32_t value) {
  const uint32_t word = __builtin_bswap32(value);
  memcpy(at, &word, sizeof word);
}

// A ones'-complement sum of 16-bit words (RFC 1071), its carries folded in.
static inline uint32_t fold(uint32_t sum) {
  sum = (sum & 0xffff) + (sum >> 16);
  return (sum & 0xffff) + (sum >> 16);
}

// Sum of an even number of bytes as big-endian words. Bytes are added as they lie and swapped once (RFC 1071 2 B).
static inline uint32_t sum_words(const uint8_t *at, unsigned bytes) {
  uint64_t sum = 0;
  for (; bytes >= 4; at += 4, bytes -= 4) {
    uint32_t word;
    memcpy(&word, at, sizeof word);
    sum += word;
  }
  if (bytes >= 2) {
    uint16_t word;
    memcpy(&word, at, sizeof word);
    sum += word;
  }
  sum = (sum & 0xffffffff) + (sum >> 32);
  sum = (sum & 0xffffffff) + (sum >> 32);
  return __builtin_bswap16((uint16_t)fold((uint32_t)(sum & 0xffff) + (uint32_t)(sum >> 16)));
}

// A checksum field after one word changed (RFC 1624, equation 3).
static inline uint32_t update_checksum(uint32_t field, uint32_t before, uint32_t after) {
  return ~fold((~field & 0xffff) + (~before & 0xffff) + after) & 0xffff;
}

#endif
