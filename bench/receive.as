/**
 * The receive stage of bench/native/receive.c in the engine's memory: frame copied, destination and checksum set,
 * descriptor written. Compiled by bench/compile-as.ts; AssemblyScript, so not a .ts file for tsc.
 */
const FRAMES: u32 = 1024;
const SIDE_BYTES: u32 = 16;
const HEADROOM: u32 = 128;
const DESC_BYTES: u32 = 32;

/** Bytes from one frame to the next, all of which are copied, and where the header is whose destination changes. */
let room: u32 = 64;
let inner: usize = 0;

export function setFrames(bytes: u32, innerAt: u32): void {
  room = bytes;
  inner = innerAt;
}

/** `sides`: { u32 sum, u32 own destination or 0, u32 length, u32 0 } a frame. `slots` and `stride` in bytes. */
export function receive(frames: usize, sides: usize, keys: usize, slots: usize, stride: u32, descs: usize, first: u32, count: u32): void {
  const header = inner;
  const whole: usize = room;
  for (let i: u32 = 0; i < count; i++) {
    const slot = first + i;
    const frame = slot % FRAMES;
    const from = frames + frame * whole;
    const side = sides + frame * SIDE_BYTES;
    const buffer = slots + slot * stride;
    const packet = buffer + HEADROOM;
    for (let at: usize = 0; at < whole; at += 64) {
      v128.store(packet + at, v128.load(from + at));
      v128.store(packet + at, v128.load(from + at, 16), 16);
      v128.store(packet + at, v128.load(from + at, 32), 32);
      v128.store(packet + at, v128.load(from + at, 48), 48);
    }
    const own = load<u32>(side, 4);
    const destination = own != 0 ? own : load<u32>(keys + (i << 2));
    store<u32>(packet + header, rotl<u32>(destination & 0x00ff00ff, 24) | (rotl<u32>(destination, 8) & 0x00ff00ff), 16);
    let sum = load<u32>(side) + (destination >>> 16) + (destination & 0xffff);
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = ~sum;
    store<u16>(packet + header, <u16>((sum << 8) | ((sum >>> 8) & 0xff)), 10);
    const desc = descs + slot * DESC_BYTES;
    store<u32>(desc, <u32>buffer);
    store<u32>(desc, HEADROOM | (load<u32>(side, 8) << 16), 4);
    store<u64>(desc, 2, 8);
    store<u64>(desc, 0, 16);
    store<u64>(desc, <u64>slot << 32, 24);
  }
}
