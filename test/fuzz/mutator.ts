/**
 * Packets of any bytes and length, made from sound ones: bits, bytes and fields changed, lengths that lie, packets cut,
 * spliced, nested and unpacked. What a router checks first is mostly mended afterwards, so that damage gets further in.
 */
import { checksum, sumWords } from '../../src/base/checksum.ts';
import { MAX_PACKET_BYTES } from '../../assembly/layout.ts';
import type { Dice } from '../support/gen-dice.ts';
import type { GeneratedPacket } from '../support/gen-packets.ts';

const UDP = 17;
const LISP_DATA_PORT = 4341;
const UDP_AND_LISP = 16;
const MAX_LAYERS = 5;
const ODD_BYTES = [0, 1, 0x0f, 0x40, 0x45, 0x46, 0x4f, 0x60, 0x7f, 0x80, 0xfe, 0xff] as const;
const NEXT_HEADERS = [0, 1, 4, 6, 17, 41, 43, 44, 47, 50, 51, 58, 59, 60, 132, 255] as const;

/** How many packets stay as they are, in percent, and how many mutations the others get. */
interface Wildness {
  readonly sound: number;
  readonly spreads: readonly number[];
}

/** Some sound ones in each batch, there to be disturbed. */
export const WILD: Wildness = { sound: 5, spreads: [1, 1, 1, 2, 4, 8] };
/** Traffic with now and then a packet that is not what it seems. */
export const MILD: Wildness = { sound: 60, spreads: [1, 1, 2] };

/** Where an IP header begins, and whether it is of IPv6. */
interface Layer {
  readonly at: number;
  readonly isV6: boolean;
  /** Where its payload begins; beyond the packet when the header says so. */
  readonly payload: number;
}

export class Mutator {
  readonly #dice: Dice;
  readonly #corpus: readonly GeneratedPacket[];
  readonly #wildness: Wildness;
  readonly #bytes = new Uint8Array(2 * MAX_PACKET_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #kinds: readonly (() => void)[];
  #length = 0;

  constructor(dice: Dice, corpus: readonly GeneratedPacket[], wildness = WILD) {
    this.#wildness = wildness;
    this.#dice = dice;
    this.#corpus = corpus;
    const often = [
      () => this.#flip(),
      () => this.#set(),
      () => this.#editHeader(),
      () => this.#editUdp(),
      () => this.#editLisp(),
      () => this.#lie(),
    ];
    const seldom = [
      () => this.#cut(),
      () => this.#extend(),
      () => this.#splice(),
      () => this.#nest(),
      () => this.#unpack(),
      () => this.#swap(),
      () => this.#address(),
    ];
    this.#kinds = [...often, ...often, ...seldom];
  }

  next(): GeneratedPacket {
    const dice = this.#dice;
    const base = dice.pick(this.#corpus);
    if (dice.chance(this.#wildness.sound)) return base;
    this.#length = base.bytes.length;
    this.#bytes.set(base.bytes);
    for (let n = dice.pick(this.#wildness.spreads); n > 0; n--) dice.pick(this.#kinds)();
    if (dice.chance(85)) this.#mend();
    const bytes = this.#bytes.slice(0, Math.min(this.#length, MAX_PACKET_BYTES));
    return { bytes, options: dice.chance(80) ? base.options : dice.pick(this.#corpus).options };
  }

  /** IP headers as far as they can be followed: UDP to 4341 has another one inside. */
  #layers(): Layer[] {
    const layers: Layer[] = [];
    let at = 0;
    while (layers.length < MAX_LAYERS && at + 20 <= this.#length) {
      const isV6 = this.#bytes[at]! >>> 4 === 6;
      const payload = at + (isV6 ? 40 : 4 * (this.#bytes[at]! & 15));
      layers.push({ at, isV6, payload });
      const isUdp = this.#bytes[at + (isV6 ? 6 : 9)] === UDP;
      if (!isUdp || payload + UDP_AND_LISP > this.#length) break;
      if (this.#view.getUint16(payload + 2) !== LISP_DATA_PORT) break;
      at = payload + UDP_AND_LISP;
    }
    return layers;
  }

  #layer(): Layer {
    const layers = this.#layers();
    return layers.length === 0 ? { at: 0, isV6: false, payload: 20 } : this.#dice.pick(layers);
  }

  /** Mostly in the headers. */
  #place(): number {
    if (this.#length === 0) return 0;
    return this.#dice.int(this.#dice.chance(70) ? Math.min(this.#length, 100) : this.#length);
  }

  #store16(at: number, value: number): void {
    if (at + 2 <= this.#bytes.length) this.#view.setUint16(at, value & 0xffff);
  }

  #load16(at: number): number {
    return at + 2 <= this.#bytes.length ? this.#view.getUint16(at) : 0;
  }

  #flip(): void {
    const at = this.#place();
    this.#bytes[at]! ^= 1 << this.#dice.int(8);
  }

  #set(): void {
    this.#bytes[this.#place()] = this.#dice.chance(60) ? this.#dice.pick(ODD_BYTES) : this.#dice.int(256);
  }

  #editHeader(): void {
    const dice = this.#dice;
    const { at, isV6 } = this.#layer();
    switch (dice.int(isV6 ? 4 : 6)) {
      case 0:
        this.#bytes[at] = dice.chance(70) ? (isV6 ? 0x60 : 0x40) | dice.int(16) : dice.int(256);
        break;
      case 1:
        this.#bytes[at + 1] = dice.int(256);
        break;
      case 2:
        this.#bytes[at + (isV6 ? 7 : 8)] = dice.pick([0, 1, 2, 64, 255, dice.int(256)]);
        break;
      case 3:
        this.#bytes[at + (isV6 ? 6 : 9)] = dice.pick(NEXT_HEADERS);
        break;
      case 4:
        this.#store16(at + 6, dice.pick([0, 0x4000, 0x2000, 0x8000, 1, 0x1fff, 0x3fff, dice.int(65_536)]));
        break;
      default:
        this.#store16(at + 10, dice.int(65_536));
    }
  }

  #editUdp(): void {
    const dice = this.#dice;
    const { payload } = this.#layer();
    const field = dice.int(4);
    const values = [
      dice.int(65_536),
      dice.pick([LISP_DATA_PORT, 4342, 4340, 53]),
      dice.pick([0, 7, 8, 15, 16, 17, 0xffff, this.#length - payload]),
      dice.pick([0, 1, 0xffff, dice.int(65_536)]),
    ];
    this.#store16(payload + 2 * field, values[field]!);
  }

  #editLisp(): void {
    const dice = this.#dice;
    const at = this.#layer().payload + 8;
    if (at + 8 > this.#bytes.length) return;
    if (dice.chance(60)) this.#bytes[at] = dice.chance(50) ? 1 << dice.int(8) : dice.int(256);
    else if (dice.chance(50)) this.#bytes[at + 3] = dice.pick([0, 1, 2, 3, 4, 0x7f, 0x80, 0xff]);
    else this.#view.setUint32(at + 4, (dice.pick(this.#corpus).options.instanceId ?? dice.u32()) << 8);
  }

  /** Some length field says something else, most likely something near the truth or near a limit. */
  #lie(): void {
    const dice = this.#dice;
    const { at, isV6, payload } = this.#layer();
    const isUdp = dice.chance(40);
    const field = isUdp ? payload + 4 : at + (isV6 ? 4 : 2);
    const truth = this.#length - (isUdp || isV6 ? payload : at);
    const lie = dice.pick([
      truth - 1,
      truth + 1,
      truth - dice.int(40),
      truth + dice.int(2000),
      0,
      19,
      20,
      28,
      36,
      0xffff,
    ]);
    this.#store16(field, lie);
  }

  #cut(): void {
    const { at, payload } = this.#layer();
    const edge = this.#dice.pick([at, payload, payload + 8, payload + 16, payload + 36]);
    const wanted = this.#dice.chance(50) ? edge + this.#dice.int(5) - 2 : this.#dice.int(this.#length + 1);
    this.#length = Math.max(0, Math.min(this.#length, wanted));
  }

  #extend(): void {
    const dice = this.#dice;
    const wanted = dice.chance(80) ? this.#length + 1 + dice.int(40) : MAX_PACKET_BYTES - dice.int(70);
    const end = Math.min(MAX_PACKET_BYTES, wanted);
    const byte = dice.int(256);
    if (end > this.#length) this.#bytes.fill(byte, this.#length, end);
    this.#length = Math.max(this.#length, end);
  }

  /** The head of this, and the tail of another. */
  #splice(): void {
    const dice = this.#dice;
    const other = dice.pick(this.#corpus).bytes;
    if (other.length === 0) return;
    const head = this.#place();
    const tail = other.subarray(dice.chance(50) ? Math.min(head, other.length - 1) : dice.int(other.length));
    this.#insert(head, tail, this.#length - head);
  }

  /** Another packet's outer headers in front. */
  #nest(): void {
    const other = this.#dice.pick(this.#corpus).bytes;
    if (other.length < 36) return;
    const headers = other[0]! >>> 4 === 6 ? 56 : 4 * (other[0]! & 15) + UDP_AND_LISP;
    this.#insert(0, other.subarray(0, headers), 0);
  }

  #unpack(): void {
    const { at } = this.#layer();
    const from = at === 0 ? Math.min(this.#length, this.#dice.pick([8, 16, 20, 28, 36, 40, 56])) : at;
    this.#bytes.copyWithin(0, from, this.#length);
    this.#length -= from;
  }

  /** Two words change places: sums stay right. */
  #swap(): void {
    const [a, b] = [this.#place() & ~1, this.#place() & ~1];
    const held = this.#load16(a);
    this.#store16(a, this.#load16(b));
    this.#store16(b, held);
  }

  /** An address out of another packet. */
  #address(): void {
    const other = this.#dice.pick(this.#corpus).bytes;
    const { at, isV6 } = this.#layer();
    if (other.length < 40 || (other[0]! >>> 4 === 6) !== isV6) return;
    const [first, bytes] = isV6 ? [8, 16] : [12, 4];
    const from = first + (this.#dice.chance(50) ? bytes : 0);
    this.#bytes.set(other.subarray(from, from + bytes), at + first + (this.#dice.chance(50) ? bytes : 0));
  }

  /** `insert` at `at` in the place of `instead` bytes, as far as there is room. */
  #insert(at: number, insert: Uint8Array, instead: number): void {
    const room = MAX_PACKET_BYTES - at;
    const some = insert.subarray(0, room);
    const rest = Math.min(this.#length - at - instead, room - some.length);
    this.#bytes.copyWithin(at + some.length, at + instead, at + instead + rest);
    this.#bytes.set(some, at);
    this.#length = at + some.length + rest;
  }

  /** From the inside out: lengths some of the time, UDP checksums most of the time, IPv4 header checksums nearly always. */
  #mend(): void {
    const dice = this.#dice;
    const hasTrueLengths = dice.chance(50);
    for (const { at, isV6, payload } of this.#layers().reverse()) {
      if (payload > this.#length) continue;
      if (hasTrueLengths) this.#store16(at + (isV6 ? 4 : 2), this.#length - (isV6 ? payload : at));
      if (this.#bytes[at + (isV6 ? 6 : 9)] === UDP && payload + 8 <= this.#length) {
        if (hasTrueLengths) this.#store16(payload + 4, this.#length - payload);
        if (dice.chance(70)) this.#mendUdp(at, isV6, payload);
      }
      if (!isV6 && payload >= at + 12 && dice.chance(97)) {
        this.#store16(at + 10, 0);
        this.#store16(at + 10, checksum(this.#bytes.subarray(at, payload)));
      }
    }
  }

  #mendUdp(at: number, isV6: boolean, payload: number): void {
    this.#store16(payload + 6, 0);
    if (this.#dice.chance(70)) return;
    const length = this.#load16(payload + 4);
    if (length < 8 || payload + length > this.#length) return;
    const addresses = this.#bytes.subarray(at + (isV6 ? 8 : 12), at + (isV6 ? 40 : 20));
    const pseudo = new Uint8Array(addresses.length + 4);
    pseudo.set(addresses);
    pseudo[addresses.length + 1] = UDP;
    pseudo[addresses.length + 2] = length >>> 8;
    pseudo[addresses.length + 3] = length & 0xff;
    const sum = checksum(this.#bytes.subarray(payload, payload + length), sumWords(pseudo));
    this.#store16(payload + 6, sum === 0 ? 0xffff : sum);
  }
}
