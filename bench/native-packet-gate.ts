/** Who does with packets what the Model does, verdicts and bytes. */
import type { EngineWorld, PacketWork } from './engine-world.ts';
import { digestText, ran, type Field } from './native-field.ts';
import { judge } from './native-judge.ts';
import type { Refused } from './runner.ts';

/** Packets that all loops must treat alike, and of each loop those that the Model judges. */
const GATE_PACKETS = 1 << 18;
const JUDGED_PACKETS = 512;
/** Packets that differ in more than their destination. */
const FRAMES = 1024;
/** Shows packets as they arrive. */
const RECEIVE = { forward: 'receive', decapsulate: 'receive_lisp' } as const;

export interface World {
  readonly name: string;
  readonly world: Pick<EngineWorld, 'setFrames' | 'pass' | 'digest'>;
}

interface Judged {
  readonly work: PacketWork;
  readonly trace: string;
  /** In C, with all features. */
  readonly loops: readonly string[];
  readonly worlds: readonly World[];
  /** Of a pass. */
  readonly keys: Uint32Array;
}

/**
 * The Model judges some packets of each loop in C, clean and dirty ones. Over many more, all must give the same digest as
 * those that it finds right; where these differ, as most of all give. The frames of worlds are clean ones afterwards.
 */
export async function gatePackets(
  { harness, progress }: Pick<Field, 'harness' | 'progress'>,
  { work, trace, loops, worlds, keys }: Judged,
): Promise<Refused[]> {
  const refused = new Map<string, string>();
  const refuse = (name: string, why: string): void => {
    if (!refused.has(name)) refused.set(name, why);
  };
  const packets = Math.min(GATE_PACKETS, keys.length);
  for (const dirty of [true, false]) {
    const about = dirty ? `${packets} packets, some of them dirty` : `${packets} packets`;
    const digests = new Map<string, string>();
    const approved: string[] = [];
    for (const name of loops) {
      progress(`${work} ${trace}: gate, ${name}`);
      const why = judge(work, ran(await harness.show(name, trace, JUDGED_PACKETS, { dirty })));
      if (why === undefined) approved.push(name);
      else refuse(name, why);
      digests.set(name, digestText(await harness.check(name, trace, packets, { dirty })));
    }
    const frames = ran(await harness.show(RECEIVE[work], trace, FRAMES, { dirty }));
    for (const { name, world } of worlds) {
      progress(`${work} ${trace}: gate, ${name}`);
      world.setFrames(frames, keys);
      digests.set(name, world.digest(keys.subarray(0, packets)));
    }
    const right = mostCommon(digests, approved);
    for (const [name, digest] of digests) {
      if (right === undefined) refuse(name, 'has no loop to be held to: none in C does what the Model does');
      else if (digest !== digests.get(right))
        refuse(
          name,
          `answers ${digest} over ${about}, where ${right} has ${digests.get(right)!}, and the Model finds it right`,
        );
    }
  }
  return [...refused].map(([name, why]) => ({ name, why }));
}

/** Of those approved, the first whose digest the most have. */
function mostCommon(digests: ReadonlyMap<string, string>, approved: readonly string[]): string | undefined {
  const votes = (name: string): number =>
    [...digests.values()].filter((digest) => digest === digests.get(name)).length;
  return approved.reduce<string | undefined>(
    (best, name) => (best === undefined || votes(name) > votes(best) ? name : best),
    undefined,
  );
}
