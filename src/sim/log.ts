/** The event log: one canonical line per record, and a digest of all of them. Equal runs have equal logs. */
import { toHex } from '../base/bytes.ts';
import type { Micros } from '../base/time.ts';
import { formatIp } from '../base/ip-text.ts';
import type { TraceFields } from '../base/trace.ts';
import type { TracerouteProbe } from '../router/node.ts';
import type { NetworkRecord } from './record.ts';

/** `10.001000`: seconds with microseconds. */
export function formatTime(time: Micros): string {
  const text = String(Math.round(time)).padStart(7, '0');
  return `${text.slice(0, -6)}.${text.slice(-6)}`;
}

/** `10.001000 mapserver frame number=6 link=0 ...`: time, node (or `-`), event, fields in a fixed order. */
export function logLine(record: NetworkRecord): string {
  const [who, event, fields] = parts(record);
  const cause = record.cause === undefined ? {} : { cause: record.cause };
  return [formatTime(record.time), who, event, ...formatFields({ ...fields, ...cause })].join(' ');
}

/** The event log of these records. */
export function logLines(records: readonly NetworkRecord[]): string[] {
  return records.map(logLine);
}

/** 16 hexadecimal digits: the digest of all lines. */
export function logHash(records: readonly NetworkRecord[]): string {
  const digest = new Digest();
  for (const record of records) digest.update(TEXT.encode(`${logLine(record)}\n`));
  return digest.text();
}

/** Digest of some bytes, 16 hexadecimal digits. */
export function digestOf(bytes: Uint8Array): string {
  const digest = new Digest();
  digest.update(bytes);
  return digest.text();
}

const TEXT = new TextEncoder();

type Parts = readonly [who: string, event: string, fields: TraceFields];

function parts(record: NetworkRecord): Parts {
  switch (record.kind) {
    case 'frame': {
      const { number, link, direction, bytes, fate, injected } = record.frame;
      const flags = injected ? { injected } : {};
      const fields = {
        number,
        link,
        direction,
        fate,
        ...flags,
        bytes: bytes.length,
        digest: digestOf(bytes),
      };
      return [record.node, 'frame', fields];
    }
    case 'arrival':
      return [record.node, record.cut ? 'cut-off' : 'arrival', { frame: record.frame }];
    case 'unconnected':
      return [record.node, 'unconnected', { interface: record.interfaceName, hex: toHex(record.bytes) }];
    case 'trace':
      return [record.node, `${record.trace.source}:${record.trace.event}`, record.trace.fields];
    case 'console':
      return [record.node, 'console', { text: record.text }];
    case 'typed':
      return [record.node, 'typed', { prompt: record.prompt, text: record.text }];
    case 'ping-done': {
      const { marks, sent, received, times } = record.result;
      return [record.node, 'ping-done', { marks, sent, received, times: times.join(',') }];
    }
    case 'traceroute-done': {
      const hops = record.result.hops.map(({ ttl, probes }) => `${ttl}:${probes.map(probeText).join(',')}`);
      return [record.node, 'traceroute-done', { hops: hops.join('/') }];
    }
    case 'lig-done': {
      const { outcome, sent, roundTrip, mappings } = record.result;
      const took = roundTrip === undefined ? {} : { roundTrip };
      return [record.node, 'lig-done', { outcome, sent, ...took, records: mappings.length }];
    }
    case 'link-change':
      return ['-', 'link-change', { link: record.link, ...record.change }];
  }
}

function probeText(probe: TracerouteProbe): string {
  if (probe.kind === 'timeout') return '*';
  return `${formatIp(probe.from)}+${probe.roundTrip}${probe.refusal ?? ''}`;
}

function formatFields(fields: TraceFields): string[] {
  return Object.entries(fields).map(([name, value]) => `${name}=${formatValue(value)}`);
}

/** Numbers, booleans and plain words as they are, other text quoted. */
function formatValue(value: string | number | boolean): string {
  return typeof value === 'string' && !/^[\w.:/,+*-]+$/.test(value) ? JSON.stringify(value) : String(value);
}

/** FNV-1a, 64 bits (Fowler, Noll, Vo): for equality of runs, not against forgers. */
class Digest {
  #high = 0xcbf29ce4;
  #low = 0x84222325;

  update(bytes: Uint8Array): void {
    let high = this.#high;
    let low = this.#low;
    for (const byte of bytes) {
      low = (low ^ byte) >>> 0;
      // Times the prime 2^40 + 0x1b3, modulo 2^64.
      const product = low * 0x1b3;
      const carried = Math.floor(product / 0x1_0000_0000);
      high = (Math.imul(high, 0x1b3) + (low << 8) + carried) >>> 0;
      low = product >>> 0;
    }
    this.#high = high;
    this.#low = low;
  }

  text(): string {
    return [this.#high, this.#low].map((word) => word.toString(16).padStart(8, '0')).join('');
  }
}
