/** Units as people write them in a lab file. */
import { parseIp, parsePrefix } from '../base/ip-text.ts';
import type { Micros } from '../base/time.ts';
import type { InterfaceAddress } from '../router/options.ts';

const MICROS_PER_UNIT: Readonly<Record<string, number>> = {
  us: 1,
  ms: 1000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
};

/** `10s`, `1.5 ms`, `2m`; a bare 0 needs no unit. */
export function parseDuration(text: string): Micros | undefined {
  if (text === '0') return 0;
  const [, number, unit] = /^([0-9]+(?:\.[0-9]+)?) *(us|ms|s|m|h)$/.exec(text) ?? [];
  return number === undefined || unit === undefined
    ? undefined
    : Math.round(Number(number) * MICROS_PER_UNIT[unit]!);
}

/** A share from 0 to 1: `0.2` or `20%`. */
export function parseShare(text: string): number | undefined {
  const [, number, percent] = /^([0-9]+(?:\.[0-9]+)?) *(%?)$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const share = percent === '%' ? Number(number) / 100 : Number(number);
  return share <= 1 ? share : undefined;
}

/** `10.0.3.2/30`: an address with the length of its subnet, host bits kept. */
export function parseInterfaceAddress(text: string): InterfaceAddress | undefined {
  const read = parsePrefix(text);
  const address = parseIp(text.split('/')[0] ?? '');
  return read === undefined || address === undefined ? undefined : { address, bits: read.prefix.bits };
}
