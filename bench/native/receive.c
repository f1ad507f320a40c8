// The receive stage: what a driver does before the loop sees a packet. Copies a frame into the buffer, sets the (inner)
// destination from the trace with the checksum that goes with it, and writes the descriptor.
#include "forward.h"
#include "frames.h"
#include "ip.h"

// Destination and checksum of the header at `packet`.
static inline void address(uint8_t *packet, uint32_t sum, uint32_t destination) {
  store32(packet + 16, destination);
  store16(packet + 10, ~fold(sum + (destination >> 16) + (destination & 0xffff)));
}

// `room`: bytes from one frame to the next; `bytes` of them are the packet, whose header to change is at `inner`.
ALWAYS_INLINE void receive(const uint8_t *frames, const struct frame_side *sides, uint32_t room, uint32_t bytes,
                           uint32_t inner, const struct stream *stream, size_t at, unsigned count) {
  const uint32_t *keys = (const uint32_t *)stream->keys + at;
  const uint32_t first = (uint32_t)((stream->first + at) % SLOTS);
  for (unsigned i = 0; i < count; i++) {
    const uint32_t slot = first + i, buffer = slot * stream->stride, frame = slot % FRAMES;
    const struct frame_side *side = &sides[frame];
    uint8_t *packet = world.slots + buffer + HEADROOM;
    memcpy(packet, frames + (size_t)frame * room, bytes);
    address(packet + inner, side->sum, stream->dirty && side->own != 0 ? side->own : keys[i]);
    world.descriptors[slot] = (struct descriptor){
        .buffer = buffer, .offset = HEADROOM, .length = (uint16_t)side->length, .in_interface = 2, .cookie = slot};
  }
}

void receive_frames(const struct stream *stream, size_t at, unsigned count) {
  const struct frames *frames = frames_open(stream->dirty);
  receive(frames->plain[0], frames->plain_side, FRAME_BYTES, FRAME_BYTES, 0, stream, at, count);
}

void receive_lisp(const struct stream *stream, size_t at, unsigned count) {
  const struct frames *frames = frames_open(stream->dirty);
  receive(frames->lisp[0], frames->lisp_side, 128, LISP_FRAME_BYTES, OVERHEAD, stream, at, count);
}
