import { AFI_BYTES, lispAddressBytes, type LispAddress } from './afi.ts';
import { LCAF_HEADER_BYTES } from './lcaf.ts';
import type { FieldValue, PacketField } from './field.ts';

/** Collects the fields of one layer, which mostly lie side by side. */
export class FieldWriter {
  readonly #out: PacketField[];
  readonly #layer: number;
  /** Offset of the next byte that has not been described. */
  at: number;

  constructor(out: PacketField[], layer: number, start: number) {
    this.#out = out;
    this.#layer = layer;
    this.at = start;
  }

  /** A field of the next `byteCount` bytes. */
  take(name: string, value: FieldValue, byteCount: number): this {
    this.put(name, value, this.at, this.at + byteCount);
    this.at += byteCount;
    return this;
  }

  /** A field of given bytes: bits that share bytes with other fields, or what spans several. */
  put(name: string, value: FieldValue, start: number, end: number): this {
    this.#out.push({ name, value, start, end, layer: this.#layer });
    return this;
  }

  skip(byteCount: number): this {
    this.at += byteCount;
    return this;
  }

  flag(name: string, isSet: boolean, start: number, end: number): this {
    return this.put(name, { kind: 'flag', isSet }, start, end);
  }

  /** An AFI-encoded address. */
  address(name: string, address: LispAddress): this {
    return this.take(name, { kind: 'address', address }, lispAddressBytes(address));
  }

  /** An AFI-encoded EID whose mask-len lies at `maskAt`. */
  prefix(name: string, eid: LispAddress, bits: number, maskAt: number): this {
    const start = this.at;
    const size = lispAddressBytes(eid);
    this.take(name, { kind: 'prefix', eid, bits }, size);
    this.put('lisp.mask_len', number(bits), maskAt, maskAt + 1);
    if (eid.kind === 'lcaf' && eid.lcaf.type === 'instance-id') {
      const at = start + AFI_BYTES + LCAF_HEADER_BYTES;
      this.put('lisp.iid', number(eid.lcaf.instanceId), at, at + 4);
    }
    return this;
  }
}

export function number(value: number, name?: string): FieldValue {
  return name === undefined ? { kind: 'number', number: value } : { kind: 'number', number: value, name };
}

export function text(value: string): FieldValue {
  return { kind: 'text', text: value };
}

export function bytesValue(value: Uint8Array): FieldValue {
  return { kind: 'bytes', bytes: value };
}

export const PRESENT: FieldValue = { kind: 'protocol' };
