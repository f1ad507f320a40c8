import { err, ok } from '../base/result.ts';
import { WireFault } from '../base/bytes.ts';
import type { Capture, CaptureInterface, CapturePacket } from './capture.ts';
import { decoded, type Decoded, type WireError } from './error.ts';

/*
 * Every block (draft-ietf-opsawg-pcapng §3.1), in the byte order of its section:
 *   0 u32 type   4 u32 total length, a multiple of 4   8 body   total length again
 * Section header  0a0d0d0a: u32 1a2b3c4d, u16 major 1, u16 minor 0, u64 section length, options
 * Interface              1: u16 link type, u16 reserved, u32 snap length, options
 * Enhanced packet        6: u32 interface, u32 time high, u32 time low, u32 captured, u32 original, data, options
 * Simple packet          3: u32 original, data            Obsolete packet  2: u16 interface, u16 drops, as 6
 * Options: u16 code, u16 length, value padded to 4; code 0 ends them.
 */
export const BLOCK_SECTION = 0x0a0d0d0a;
export const BLOCK_INTERFACE = 1;
export const BLOCK_OBSOLETE_PACKET = 2;
export const BLOCK_SIMPLE_PACKET = 3;
export const BLOCK_ENHANCED_PACKET = 6;
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const BYTE_ORDER_MAGIC_SWAPPED = 0x4d3c2b1a;
export const OPTION_END = 0;
export const OPTION_COMMENT = 1;
export const OPTION_IF_NAME = 2;
export const OPTION_SHB_USERAPPL = 4;
export const OPTION_IF_TSRESOL = 9;
export const OPTION_IF_TSOFFSET = 14;
/** Type, both lengths. */
export const BLOCK_FRAME_BYTES = 12;

const MICROS_PER_SECOND = 1_000_000;
const TEXT = new TextDecoder();

/** True when the bytes begin as a pcapng section. */
export function isPcapng(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new Cursor(bytes, 0, bytes.length, false).u32('pcapng.type') === BLOCK_SECTION;
}

/** Fails only when the first section header is not readable; otherwise an early end is in `Capture.error`. */
export function readPcapng(bytes: Uint8Array): Decoded<Capture> {
  const state: State = { interfaces: [], packets: [], clocks: [], sectionBase: 0, little: false };
  let error: WireError | undefined;
  let at = 0;
  const first = decoded(() => new Cursor(bytes, 0, bytes.length, false).u32('pcapng.type'));
  if (!first.ok) return err(first.error);
  if (first.value !== BLOCK_SECTION) return err({ code: 'bad-value', offset: 0, field: 'pcapng.type' });
  while (at < bytes.length && error === undefined) {
    const block = decoded(() => readBlock(bytes, at, state));
    if (block.ok) at = block.value;
    else if (at === 0) return err(block.error);
    else error = block.error;
  }
  const { interfaces, packets } = state;
  return ok({ format: 'pcapng', interfaces, packets, ...(error === undefined ? {} : { error }) });
}

interface Clock {
  readonly unitsPerSecond: bigint;
  readonly offsetSec: number;
  readonly snapBytes: number;
}

interface State {
  readonly interfaces: CaptureInterface[];
  /** Beside `interfaces`. */
  readonly clocks: Clock[];
  readonly packets: CapturePacket[];
  /** Interface numbers restart in every section: index of the section's first interface. */
  sectionBase: number;
  little: boolean;
}

/** Reads the block at `at` into `state`; returns the offset behind it. */
function readBlock(bytes: Uint8Array, at: number, state: State): number {
  const type = new Cursor(bytes, at, bytes.length, state.little).u32('pcapng.type');
  // The type of a section header is a palindrome: it reads the same before the byte order is known.
  if (type === BLOCK_SECTION) state.little = readByteOrder(bytes, at) === 'little';
  const head = new Cursor(bytes, at, bytes.length, state.little);
  head.u32('pcapng.type');
  const length = head.u32('pcapng.block-length');
  if (length < BLOCK_FRAME_BYTES || length % 4 !== 0) {
    throw new WireFault('bad-length', at + 4, 'pcapng.block-length');
  }
  if (length > bytes.length - at) throw new WireFault('truncated', bytes.length, 'pcapng.block');
  const body = new Cursor(bytes, at + 8, at + length - 4, state.little);
  switch (type) {
    case BLOCK_SECTION:
      body.u32('pcapng.byte-order');
      if (body.u16('pcapng.major') !== 1) throw new WireFault('bad-version', at + 12, 'pcapng.major');
      state.sectionBase = state.interfaces.length;
      break;
    case BLOCK_INTERFACE:
      readInterface(body, state);
      break;
    case BLOCK_ENHANCED_PACKET:
      readPacket(body, body.u32('pcapng.interface'), state);
      break;
    case BLOCK_OBSOLETE_PACKET: {
      const index = body.u16('pcapng.interface');
      body.u16('pcapng.drops');
      readPacket(body, index, state);
      break;
    }
    case BLOCK_SIMPLE_PACKET:
      readSimplePacket(body, state);
      break;
    default:
      break; // Name resolution, statistics and private blocks carry no packets.
  }
  return at + length;
}

function readByteOrder(bytes: Uint8Array, at: number): 'little' | 'big' {
  const section = new Cursor(bytes, at, bytes.length, false);
  section.take(8, 'pcapng.section');
  const magic = section.u32('pcapng.byte-order');
  if (magic === BYTE_ORDER_MAGIC) return 'big';
  if (magic === BYTE_ORDER_MAGIC_SWAPPED) return 'little';
  throw new WireFault('bad-value', at + 8, 'pcapng.byte-order');
}

function readInterface(body: Cursor, state: State): void {
  const linkType = body.u16('pcapng.link-type');
  body.u16('pcapng.reserved');
  const snapBytes = body.u32('pcapng.snap-length');
  let name: string | undefined;
  let resolution = MICROS_PER_SECOND;
  let unitsPerSecond = BigInt(MICROS_PER_SECOND);
  let offsetSec = 0;
  for (const { code, value } of readOptions(body)) {
    if (code === OPTION_IF_NAME) name = TEXT.decode(value.take());
    else if (code === OPTION_IF_TSRESOL) {
      const exponent = value.u8('pcapng.if-tsresol');
      // The highest bit chooses between powers of 2 and of 10.
      unitsPerSecond = (exponent & 0x80) === 0 ? 10n ** BigInt(exponent) : 2n ** BigInt(exponent & 0x7f);
      resolution = Number(unitsPerSecond);
    } else if (code === OPTION_IF_TSOFFSET)
      offsetSec = Number(BigInt.asIntN(64, value.u64('pcapng.if-tsoffset')));
  }
  state.interfaces.push({ ...(name === undefined ? {} : { name }), linkType, resolution });
  state.clocks.push({ unitsPerSecond, offsetSec, snapBytes });
}

function readPacket(body: Cursor, index: number, state: State): void {
  const interfaceIndex = state.sectionBase + index;
  const clock = state.clocks[interfaceIndex];
  if (clock === undefined) throw new WireFault('bad-value', body.offset, 'pcapng.interface');
  // High word first in both byte orders.
  const ticks = (BigInt(body.u32('pcapng.time')) << 32n) | BigInt(body.u32('pcapng.time'));
  const captured = body.u32('pcapng.captured');
  const originalLength = body.u32('pcapng.original');
  const bytes = body.take(captured, 'pcapng.packet');
  body.take(Math.min(padding(captured), body.remaining), 'pcapng.padding');
  let comment: string | undefined;
  for (const { code, value } of readOptions(body)) {
    if (code === OPTION_COMMENT && comment === undefined) comment = TEXT.decode(value.take());
  }
  const total = (ticks * 1_000_000_000n) / clock.unitsPerSecond;
  const nanos = Number(total % 1000n);
  state.packets.push({
    timeMicros: Number(total / 1000n) + clock.offsetSec * MICROS_PER_SECOND,
    ...(nanos === 0 ? {} : { nanos }),
    interfaceIndex,
    bytes,
    originalLength,
    ...(comment === undefined ? {} : { comment }),
  });
}

/** A packet without a time stamp: it belongs to the section's first interface, whose snap length bounds it. */
function readSimplePacket(body: Cursor, state: State): void {
  const clock = state.clocks[state.sectionBase];
  if (clock === undefined) throw new WireFault('bad-value', body.offset, 'pcapng.interface');
  const originalLength = body.u32('pcapng.original');
  const snapped = clock.snapBytes === 0 ? originalLength : Math.min(originalLength, clock.snapBytes);
  const bytes = body.take(Math.min(snapped, body.remaining), 'pcapng.packet');
  state.packets.push({ timeMicros: 0, interfaceIndex: state.sectionBase, bytes, originalLength });
}

function* readOptions(body: Cursor): Generator<{ readonly code: number; readonly value: Cursor }> {
  while (body.remaining > 0) {
    const code = body.u16('pcapng.option');
    const length = body.u16('pcapng.option-length');
    if (code === OPTION_END) return;
    yield { code, value: body.sub(length, 'pcapng.option') };
    body.take(padding(length), 'pcapng.option');
  }
}

/** Bytes that fill `length` up to a multiple of 4. */
export function padding(length: number): number {
  return -length & 3;
}

/** Like Reader, in either byte order: [at, end) of a file. Faults carry file offsets. */
class Cursor {
  little: boolean;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, at: number, end: number, little: boolean) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = at;
    this.#end = end;
    this.little = little;
  }

  get offset(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  u8(field: string): number {
    return this.#view.getUint8(this.#skip(1, field));
  }

  u16(field: string): number {
    return this.#view.getUint16(this.#skip(2, field), this.little);
  }

  u32(field: string): number {
    return this.#view.getUint32(this.#skip(4, field), this.little);
  }

  u64(field: string): bigint {
    return this.#view.getBigUint64(this.#skip(8, field), this.little);
  }

  take(count = this.remaining, field = 'pcapng.rest'): Uint8Array {
    const at = this.#skip(count, field);
    return this.#bytes.subarray(at, at + count);
  }

  sub(count: number, field: string): Cursor {
    const at = this.#skip(count, field);
    return new Cursor(this.#bytes, at, at + count, this.little);
  }

  #skip(count: number, field: string): number {
    const at = this.#at;
    if (count > this.remaining) throw new WireFault('truncated', at, field);
    this.#at += count;
    return at;
  }
}
