// The short form of `npm run test:fuzz`: a few cases on each build, what the lane has found so far, and engines with a
// fault put in, which it must find.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  BUFFER_BYTES,
  BUFFER_HEADROOM,
  DESC_BYTES,
  DESC_LENGTH_OFFSET,
  DESC_OFFSET_OFFSET,
  SECTION_BUFFERS,
  SECTION_DESCRIPTORS,
  SECTION_ENTRIES,
  VERDICT_DROP,
} from '../../assembly/layout.ts';
import type { DataPlane, Verdict } from '../../src/engine/data-plane.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { ENGINE_BUILDS } from '../engine/engine-builds.ts';
import { Dice } from '../support/gen-dice.ts';
import { ForwardingGen, type GeneratedPacket } from '../support/gen-forwarding.ts';
import { EXPRESS, FuzzFailure, reproduce, runCase, type CaseOptions, type Outcomes } from './fuzz-case.ts';
import { fixtureOf, reproductionOf, type Fixture } from './fixture.ts';
import { minimise } from './minimise.ts';
import { Mutator } from './mutator.ts';

const FIXTURES = new URL('./fixtures/', import.meta.url);

describe.each(ENGINE_BUILDS)('mutated packets through the Model and the %s build', (build) => {
  it('come to the same end, leave the memory around them alone, and trap nothing', () => {
    const outcomes: Outcomes = new Map();
    let packets = 0;
    // Of each profile, and each kind of table.
    for (const number of [0, 4, 9, 12, 15]) packets += runCase({ seed: 3, number, build }, outcomes);
    expect(packets).toBeGreaterThanOrEqual(40_000);
    // Damaged as they are, packets get as far as to be forwarded, encapsulated and handed to the router.
    expect(outcomes.size).toBeGreaterThan(25);
    expect(outcomes.get(EXPRESS)).toBeGreaterThan(10);
  });
});

describe('what the lane has found', () => {
  it('is right now, each of the fixtures', () => {
    for (const name of readdirSync(FIXTURES).filter((each) => each.endsWith('.json'))) {
      const fixture = JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8')) as Fixture;
      expect(reproduce(reproductionOf(fixture)), name).toBeUndefined();
    }
  });
});

describe('mutated packets', () => {
  const mutatorOf = (seed: number): Mutator => {
    const gen = new ForwardingGen(seed);
    return new Mutator(
      new Dice(seed, 'fuzz'),
      Array.from({ length: 32 }, () => gen.packet()),
    );
  };

  it('are the same for the same seed', () => {
    const [a, b] = [mutatorOf(5), mutatorOf(5)];
    for (let i = 0; i < 500; i++) expect(a.next()).toEqual(b.next());
  });

  it('have every length from nothing to the longest that an engine takes', () => {
    const mutator = mutatorOf(6);
    const lengths = Array.from({ length: 20_000 }, () => mutator.next().bytes.length);
    expect(Math.min(...lengths)).toBe(0);
    expect(Math.max(...lengths)).toBe(BUFFER_BYTES - BUFFER_HEADROOM);
    expect(new Set(lengths).size).toBeGreaterThan(500);
  });
});

describe('an engine with a fault', () => {
  /** An engine to which something happens in each `process`. */
  const faulty =
    (fault: (engine: Engine, slot: number) => void) =>
    (engine: Engine): DataPlane => {
      let queued: GeneratedPacket[] = [];
      return new Proxy(engine, {
        get: (target, name) => {
          const own: unknown = Reflect.get(target, name, target);
          if (typeof own !== 'function') return own;
          if (name === 'inject')
            return (bytes: Uint8Array, options: GeneratedPacket['options']) => {
              queued.push({ bytes, options });
              return engine.inject(bytes, options);
            };
          if (name === 'process')
            return () => {
              engine.process();
              queued.forEach(({ bytes }, slot) => {
                if (isMarked(bytes)) fault(engine, slot);
              });
              queued = [];
            };
          return own.bind(target) as unknown;
        },
      });
    };
  /** The packets that the fault is about: a condition on three bits. */
  const isMarked = (bytes: Uint8Array): boolean => (bytes[1] ?? 0) % 8 === 5;
  const at = ({ memory }: Engine, slot: number): { descriptor: number; buffer: number } => ({
    descriptor: memory.offset(SECTION_DESCRIPTORS) + slot * DESC_BYTES,
    buffer: memory.offset(SECTION_BUFFERS) + slot * BUFFER_BYTES,
  });

  const failureOf = (fault: (engine: Engine, slot: number) => void): [FuzzFailure, CaseOptions] => {
    const options: CaseOptions = { seed: 4, number: 0, build: 'release', subject: faulty(fault) };
    try {
      runCase(options, new Map());
    } catch (error) {
      if (error instanceof FuzzFailure) return [error, options];
      throw error;
    }
    throw new Error('the fault was not found');
  };

  it.each<[string, RegExp, (engine: Engine, slot: number) => void]>([
    [
      'changes a byte that leaves',
      /bytes:\nmodel {2}[0-9a-f]+\nengine [0-9a-f]+/,
      (engine, slot) => {
        const { view, bytes } = engine.memory;
        const { descriptor, buffer } = at(engine, slot);
        const length = view.getUint16(descriptor + DESC_LENGTH_OFFSET, true);
        const start = buffer + view.getUint16(descriptor + DESC_OFFSET_OFFSET, true);
        if (length > 0) bytes[start + length - 1]! ^= 1;
      },
    ],
    [
      'writes behind a packet',
      /packet \d+: bytes beside it in its buffer were written/,
      (engine, slot) => (engine.memory.bytes[at(engine, slot).buffer + BUFFER_BYTES - 1]! ^= 1),
    ],
    [
      'writes in front of a packet',
      /packet \d+: bytes beside it in its buffer were written/,
      (engine, slot) => (engine.memory.bytes[at(engine, slot).buffer + 70]! ^= 1),
    ],
    [
      'writes into its tables',
      /byte 0x[0-9a-f]+ of the memory was written/,
      (engine) => (engine.memory.bytes[engine.memory.offset(SECTION_ENTRIES) + 8]! ^= 1),
    ],
    [
      'traps',
      /trap: RuntimeError/,
      () => {
        throw new WebAssembly.RuntimeError('memory access out of bounds');
      },
    ],
  ])('that %s is found', (_, problem, fault) => {
    expect(failureOf(fault)[0].message).toMatch(problem);
  });

  it('is shown with one packet, few changes of tables, and few bytes; and a fixture keeps that', () => {
    const dropping = (engine: Engine): DataPlane =>
      new Proxy(engine, {
        get: (target, name) => {
          const own: unknown = Reflect.get(target, name, target);
          if (name !== 'collect') return typeof own === 'function' ? (own.bind(target) as unknown) : own;
          return (visit: (verdict: Verdict, bytes: Uint8Array) => void) =>
            engine.collect((verdict, bytes) =>
              visit(isMarked(bytes) ? { ...verdict, verdict: VERDICT_DROP, mtu: 1 } : verdict, bytes),
            );
        },
      });
    const fails = (each: Parameters<typeof reproduce>[0]): string | undefined => reproduce(each, dropping);
    let found: FuzzFailure | undefined;
    try {
      runCase({ seed: 4, number: 1, build: 'release', subject: dropping }, new Map());
    } catch (error) {
      found = error as FuzzFailure;
    }
    const { reproduction, problem } = minimise(found!.reproduction, fails);
    expect(problem).toMatch(/packet 0: (verdict|mtu): model \d, engine \d/);
    expect(reproduction.packets).toHaveLength(1);
    expect(reproduction.packets[0]!.bytes.length).toBeLessThanOrEqual(2);
    expect(reproduction.ops.flat().length).toBeLessThanOrEqual(1);
    const fixture = fixtureOf({ problem: problem!, seed: 4, case: 1, reproduction });
    const read = reproductionOf(JSON.parse(JSON.stringify(fixture)) as Fixture);
    expect(fails(read)).toBe(problem);
    expect(reproduce(read)).toBeUndefined();
  });
});
