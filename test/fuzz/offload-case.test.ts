// The short form of `npm run test:fuzz -- --offloads`, and offloads with a fault put in, which it must find.
import { describe, expect, it } from 'vitest';
import { ok } from '../../src/base/result.ts';
import { OffloadModel } from '../../src/engine/model-offload.ts';
import type { Offloads } from '../../src/engine/offloads.ts';
import { OFFLOAD_BUILDS } from '../engine/offload-builds.ts';
import type { Outcomes } from './fuzz-case.ts';
import { OffloadFailure, runOffloadCase } from './offload-case.ts';

describe.each(OFFLOAD_BUILDS)(
  'frames and batches through the offloads of the %s build and their model',
  (build) => {
    it('come to the same bytes, and leave the memory around them alone', () => {
      const outcomes: Outcomes = new Map();
      let packets = 0;
      for (const number of [0, 1, 2]) packets += runOffloadCase({ seed: 3, number, build }, outcomes);
      expect(packets).toBeGreaterThan(3000);
      expect(outcomes.get('split done')).toBeGreaterThan(500);
      expect(outcomes.get('coalesce done')).toBeGreaterThan(60);
      // Damaged as they are, most refusals are met.
      expect(outcomes.size).toBeGreaterThan(4);
    });
  },
);

it('a fault in some frames and batches is found', () => {
  const model = new OffloadModel();
  const failureOf = (fault: Partial<Offloads>): unknown => {
    const subject: Offloads = {
      split: (frame) => model.split(frame),
      coalesce: (packets, options) => model.coalesce(packets, options),
      runs: (packets) => model.runs(packets),
      ...fault,
    };
    try {
      runOffloadCase({ seed: 3, number: 0, build: 'release', subject }, new Map());
    } catch (error) {
      return error;
    }
    return undefined;
  };
  expect(failureOf({})).toBeUndefined();
  const faults: Partial<Offloads>[] = [
    { split: (frame) => (frame[4]! % 16 === 3 ? ok([]) : model.split(frame)) },
    { coalesce: (packets) => model.coalesce(packets) },
    { runs: (packets) => (packets.length > 20 ? ok([]) : model.runs(packets)) },
    {
      split: () => {
        throw new WebAssembly.RuntimeError('unreachable');
      },
    },
  ];
  for (const fault of faults) expect(failureOf(fault)).toBeInstanceOf(OffloadFailure);
});
