import { assert } from '../base/assert.ts';
import {
  BLOCK_ENHANCED_PACKET,
  BLOCK_FRAME_BYTES,
  BLOCK_INTERFACE,
  BLOCK_SECTION,
  BYTE_ORDER_MAGIC,
  OPTION_COMMENT,
  OPTION_END,
  OPTION_IF_NAME,
  OPTION_IF_TSRESOL,
  OPTION_SHB_USERAPPL,
  padding,
} from './pcapng.ts';

/** if_tsresol: 10^-6 s. */
const MICROSECONDS = 6;
/** "No limit": packets are written whole. */
const SNAP_BYTES = 0;
const TEXT = new TextEncoder();

/**
 * Writes a pcapng file into memory: one section, little-endian, microseconds. Equal calls give equal bytes: there
 * is no date, host name or version in it.
 */
export class PcapngWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;
  #interfaceCount = 0;

  constructor() {
    const body = new Uint8Array(16);
    const view = new DataView(body.buffer);
    view.setUint32(0, BYTE_ORDER_MAGIC, true);
    view.setUint16(4, 1, true);
    view.setBigInt64(8, -1n, true); // Section length unknown.
    this.#block(BLOCK_SECTION, body, option(OPTION_SHB_USERAPPL, TEXT.encode('pxtr')), END);
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  /** Adds an interface; returns its index. An interface comes before its packets, not before all packets. */
  addInterface(name: string, linkType: number): number {
    const body = new Uint8Array(8);
    const view = new DataView(body.buffer);
    view.setUint16(0, linkType, true);
    view.setUint32(4, SNAP_BYTES, true);
    const resolution = option(OPTION_IF_TSRESOL, Uint8Array.of(MICROSECONDS));
    this.#block(BLOCK_INTERFACE, body, option(OPTION_IF_NAME, TEXT.encode(name)), resolution, END);
    return this.#interfaceCount++;
  }

  /**
   * Adds a packet (copied). `timeMicros` is a whole number from 0; `originalLength` says how long the packet was when
   * `bytes` are only its start. Throws when there is no such interface, or on another time.
   */
  packet(
    interfaceIndex: number,
    timeMicros: number,
    bytes: Uint8Array,
    comment?: string,
    originalLength = bytes.length,
  ): void {
    assert(interfaceIndex < this.#interfaceCount, 'the interface was added before its packets');
    assert(Number.isSafeInteger(timeMicros) && timeMicros >= 0, 'time is a whole number of microseconds');
    const body = new Uint8Array(20 + bytes.length + padding(bytes.length));
    const view = new DataView(body.buffer);
    view.setUint32(0, interfaceIndex, true);
    view.setUint32(4, Math.floor(timeMicros / 0x1_0000_0000), true);
    view.setUint32(8, timeMicros >>> 0, true);
    view.setUint32(12, bytes.length, true);
    view.setUint32(16, originalLength, true);
    body.set(bytes, 20);
    if (comment === undefined) this.#block(BLOCK_ENHANCED_PACKET, body);
    else this.#block(BLOCK_ENHANCED_PACKET, body, option(OPTION_COMMENT, TEXT.encode(comment)), END);
  }

  /** The file so far, owned by the caller; writing may go on. */
  finishCopy(): Uint8Array {
    const file = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      file.set(part, at);
      at += part.length;
    }
    return file;
  }

  #block(type: number, ...body: readonly Uint8Array[]): void {
    const length = body.reduce((sum, part) => sum + part.length, BLOCK_FRAME_BYTES);
    const block = new Uint8Array(length);
    const view = new DataView(block.buffer);
    view.setUint32(0, type, true);
    view.setUint32(4, length, true);
    let at = 8;
    for (const part of body) {
      block.set(part, at);
      at += part.length;
    }
    view.setUint32(at, length, true);
    this.#parts.push(block);
    this.#length += length;
  }
}

function option(code: number, value: Uint8Array): Uint8Array {
  // An option's length has 16 bits; longer text is cut rather than making the file unreadable.
  const kept = value.subarray(0, 0xffff);
  const bytes = new Uint8Array(4 + kept.length + padding(kept.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, kept.length, true);
  bytes.set(kept, 4);
  return bytes;
}

const END = option(OPTION_END, new Uint8Array(0));
