/** Failures as files: what a fixture says is what `reproduce` takes, bytes in hex. */
import { toHex } from '../../src/base/bytes.ts';
import { hex } from '../support/hex.ts';
import type { GeneratedPacket } from '../support/gen-packets.ts';
import type { Reproduction } from './fuzz-case.ts';

export interface Fixture {
  /** What was wrong when it was found. */
  readonly problem: string;
  readonly seed: number;
  readonly case: number;
  readonly build: Reproduction['build'];
  readonly lpm: Reproduction['lpm'];
  readonly triesExpress: boolean;
  readonly ops: Reproduction['ops'];
  readonly packets: readonly { readonly bytes: string; readonly options: GeneratedPacket['options'] }[];
}

export function fixtureOf(found: {
  readonly problem: string;
  readonly seed: number;
  readonly case: number;
  readonly reproduction: Reproduction;
}): Fixture {
  const { reproduction, ...rest } = found;
  const packets = reproduction.packets.map(({ bytes, options }) => ({ bytes: toHex(bytes), options }));
  return { ...rest, ...reproduction, packets };
}

export function reproductionOf({ build, lpm, triesExpress, ops, packets }: Fixture): Reproduction {
  return {
    build,
    lpm,
    triesExpress,
    ops,
    packets: packets.map(({ bytes, options }) => ({ bytes: hex(bytes), options })),
  };
}
