/**
 * The receive stage of bench/native/receive.c in the engine's memory: frame copied, destination and checksum set,
 * descriptor written. Compiled by bench/compile-as.ts; AssemblyScript, so not a .ts file for tsc.
 */
const FRAMES: u32 = 1024;
const FRAME_BYTES: u32 = 64;
const SIDE_BYTES: u32 = 16;
const HEADROOM: u32 = 128;
const DESC_BYTES: u32 = 32;

/** `sides`: { u32 sum, u32 own destination or 0, u32 length, u32 0 } a frame. `slots` and `stride` in bytes. */
export function receive(frames: usize, sides: usize, keys: usize, slots: usize, stride: u32, descs: usize, first: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const slot = first + i;
    const frame = slot % FRAMES;
    const from = frames + frame * FRAME_BYTES;
    const side = sides + frame * SIDE_BYTES;
    const buffer = slots + slot * stride;
    const packet = buffer + HEADROOM;
    v128.store(packet, v128.load(from));
    v128.store(packet, v128.load(from, 16), 16);
    v128.store(packet, v128.load(from, 32), 32);
    v128.store(packet, v128.load(from, 48), 48);
    const own = load<u32>(side, 4);
    const destination = own != 0 ? own : load<u32>(keys + (i << 2));
    store<u32>(packet, bswap<u32>(destination), 16);
    let sum = load<u32>(side) + (destination >>> 16) + (destination & 0xffff);
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    store<u16>(packet, bswap<u16>(<u16>~sum), 10);
    const desc = descs + slot * DESC_BYTES;
    store<u32>(desc, <u32>buffer);
    store<u32>(desc, HEADROOM | (load<u32>(side, 8) << 16), 4);
    store<u64>(desc, 2, 8);
    store<u64>(desc, 0, 16);
    store<u64>(desc, <u64>slot << 32, 24);
  }
}
