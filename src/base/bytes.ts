/** Cursors over bytes. All multi-byte fields on the wire are big-endian. */

/** Why bytes were refused. Carried by WireFault inside a decoder and by its error value outside. */
export type FaultCode =
  | 'truncated'
  | 'bad-length'
  | 'bad-version'
  | 'bad-count'
  | 'bad-checksum'
  | 'bad-value'
  | 'unsupported-afi'
  | 'too-deep';

/** Thrown by Reader and decoders; caught once at the top of each decoder and turned into a value. */
export class WireFault extends Error {
  readonly code: FaultCode;
  /** Byte offset from the start of the outermost buffer. */
  readonly offset: number;
  readonly field: string;

  constructor(code: FaultCode, offset: number, field: string) {
    super(`${code} at byte ${offset} (${field})`);
    this.code = code;
    this.offset = offset;
    this.field = field;
  }
}

/** Reads forward over a view; never outside it. `base` is the offset of the view in the outermost buffer. */
export class Reader {
  readonly bytes: Uint8Array;
  readonly base: number;
  #at = 0;

  constructor(bytes: Uint8Array, base = 0) {
    this.bytes = bytes;
    this.base = base;
  }

  /** Bytes consumed so far. */
  get position(): number {
    return this.#at;
  }

  /** Offset of the next byte in the outermost buffer. */
  get offset(): number {
    return this.base + this.#at;
  }

  get remaining(): number {
    return this.bytes.length - this.#at;
  }

  u8(field: string): number {
    return this.bytes[this.#take(1, field)]!;
  }

  u16(field: string): number {
    const at = this.#take(2, field);
    return (this.bytes[at]! << 8) | this.bytes[at + 1]!;
  }

  u24(field: string): number {
    const at = this.#take(3, field);
    return (this.bytes[at]! << 16) | (this.bytes[at + 1]! << 8) | this.bytes[at + 2]!;
  }

  u32(field: string): number {
    const at = this.#take(4, field);
    const b = this.bytes;
    return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
  }

  /** A view of the next `count` bytes (not a copy). */
  take(count: number, field: string): Uint8Array {
    const at = this.#take(count, field);
    return this.bytes.subarray(at, at + count);
  }

  /** A reader bounded to the next `count` bytes, which this one skips. */
  sub(count: number, field: string): Reader {
    const offset = this.offset;
    return new Reader(this.take(count, field), offset);
  }

  /** Everything that is left (may be empty). */
  rest(): Uint8Array {
    return this.take(this.remaining, 'rest');
  }

  fail(code: FaultCode, field: string, offset = this.offset): never {
    throw new WireFault(code, offset, field);
  }

  #take(count: number, field: string): number {
    if (count > this.remaining) throw new WireFault('truncated', this.offset, field);
    const at = this.#at;
    this.#at += count;
    return at;
  }
}

/** Appends to a growing buffer. */
export class Writer {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 64) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#bytes[at] = value;
    return this;
  }

  u16(value: number): this {
    this.patchU16(this.#grow(2), value);
    return this;
  }

  u24(value: number): this {
    const at = this.#grow(3);
    this.#bytes[at] = value >>> 16;
    this.#bytes[at + 1] = value >>> 8;
    this.#bytes[at + 2] = value;
    return this;
  }

  u32(value: number): this {
    this.patchU32(this.#grow(4), value);
    return this;
  }

  bytes(value: Uint8Array): this {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
    return this;
  }

  zeros(count: number): this {
    const at = this.#grow(count);
    this.#bytes.fill(0, at, at + count);
    return this;
  }

  patchU8(at: number, value: number): void {
    this.#bytes[at] = value;
  }

  patchU16(at: number, value: number): void {
    this.#bytes[at] = value >>> 8;
    this.#bytes[at + 1] = value;
  }

  patchU32(at: number, value: number): void {
    this.#bytes[at] = value >>> 24;
    this.#bytes[at + 1] = value >>> 16;
    this.#bytes[at + 2] = value >>> 8;
    this.#bytes[at + 3] = value;
  }

  /** A view of what was written from `from` on; valid until the next write. */
  view(from = 0): Uint8Array {
    return this.#bytes.subarray(from, this.#length);
  }

  /** What was written, exactly sized and owned by the caller. */
  finishCopy(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    return at;
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Lower-case hexadecimal without separators. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** Bytes of a hexadecimal string; white space is ignored. Undefined when it is not hexadecimal. */
export function fromHex(text: string): Uint8Array | undefined {
  const digits = text.replace(/\s+/g, '');
  if (digits.length % 2 !== 0 || /[^0-9a-f]/i.test(digits)) return undefined;
  return Uint8Array.from({ length: digits.length / 2 }, (_, i) =>
    parseInt(digits.slice(2 * i, 2 * i + 2), 16),
  );
}
