#include "packets.h"

#include <stdio.h>

#include "frames.h"
#include "lookup-lpm.h"

// Of a packet that is longer than what frames have, only so much was received.
#define LONG 200u

const char *packets_refuse(const struct stream *stream) {
  if (stream->batch > PACKETS_A_BATCH || SLOTS % stream->batch != 0) return "packets go in batches of 1, 2, 4 .. 256";
  if (stream->first % stream->batch != 0) return "packets start at a multiple of the batch";
  if (stream->stride > STRIDE_LARGEST || stream->stride < 1728) return "a stride is 1728 to 2240 bytes";
  return NULL;
}

// Where the packet of a slot starts now.
static const uint8_t *packet_of(const struct descriptor *descriptor) {
  return world.slots + descriptor->buffer + descriptor->offset;
}

static void digest_packet(struct digest *digest, const struct descriptor *descriptor) {
  digest_word(digest, (uint32_t)descriptor->verdict << 16 | descriptor->reason);
  digest_word(digest, descriptor->next_hop);
  digest_word(digest, descriptor->flow_hash);
  digest_word(digest, (uint32_t)descriptor->mtu << 16 | descriptor->length);
  const uint32_t bytes = descriptor->length < LONG ? descriptor->length : FRAME_BYTES;
  for (uint32_t i = 0; i < bytes; i++) digest_word(digest, packet_of(descriptor)[i]);
}

struct digest packets_digest(const struct contender *who, const struct stream *stream) {
  struct digest digest = digest_empty();
  for (size_t at = 0; at < stream->count; at += stream->batch) {
    const size_t left = stream->count - at;
    const unsigned count = left < stream->batch ? (unsigned)left : stream->batch;
    const uint32_t first = (uint32_t)((stream->first + at) % SLOTS);
    who->receive(stream, at, count);
    if (who->process != NULL) who->process(stream, first, count);
    for (unsigned i = 0; i < count; i++) digest_packet(&digest, &world.descriptors[first + i]);
  }
  return digest;
}

static void print_hex(const char *name, const struct descriptor *descriptor) {
  printf(",\"%s\":\"", name);
  for (uint32_t i = 0; i < descriptor->length; i++) printf("%02x", packet_of(descriptor)[i]);
  printf("\"");
}

// The locators of an entry, in the order of its bucket row, each once.
static void print_locators(const struct entry *entry) {
  uint32_t last = UINT32_MAX;
  printf(",\"locators\":[");
  for (uint32_t i = 0; i <= entry->bucket_mask; i++) {
    const uint32_t index = world.buckets[entry->bucket_base + i];
    if (index != last) printf("%s%u", last == UINT32_MAX ? "" : ",", FIRST_LOCATOR + index);
    last = index;
  }
  printf("]");
}

static void show_packet(const struct contender *who, const struct stream *stream, size_t at) {
  const uint32_t slot = (uint32_t)((stream->first + at) % SLOTS);
  const struct descriptor *descriptor = &world.descriptors[slot];
  const uint32_t destination = ((const uint32_t *)stream->keys)[at];
  uint32_t match = 0;
  if (lpm4 != NULL && rte_lpm_lookup(lpm4, destination, &match) != 0) match = 0;
  who->receive(stream, at, 1);
  printf("%s{\"match\":%u", at == 0 ? "" : ",", match);
  print_hex("before", descriptor);
  if (who->process != NULL) who->process(stream, slot, 1);
  print_hex("after", descriptor);
  if (match != 0) print_locators(&world.entries[match - 1]);
  printf(",\"verdict\":%u,\"reason\":%u,\"flowHash\":%u,\"mtu\":%u}", descriptor->verdict, descriptor->reason,
         descriptor->flow_hash, descriptor->mtu);
}

void packets_show(const struct contender *who, const struct stream *stream) {
  printf("{\"contender\":\"%s\",\"packets\":[", who->name);
  for (size_t at = 0; at < stream->count; at++) show_packet(who, stream, at);
  printf("]}\n");
}
