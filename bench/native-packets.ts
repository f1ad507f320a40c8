/** Packets: C loops and the engine, over the same frames. */
import type { LpmKind } from '../src/engine/lpm.ts';
import { EngineWorld, type PacketWork } from './engine-world.ts';
import { readTrace } from './native-data.ts';
import {
  BATCH,
  NEXT_HOPS,
  once,
  passLength,
  readyNatives,
  roundOf,
  timeHere,
  type Field,
} from './native-field.ts';
import { gatePackets, type World } from './native-packet-gate.ts';
import type { Case, SelfTimed } from './runner.ts';

const TRACES = ['rand', 'zipf'] as const;
const BASELINE = { forward: 'forward_plain_lpm', decapsulate: 'decapsulate_lpm' } as const;
/** Of the Map-Cache of the engine that forwards, or of the routes of the one that decapsulates. */
const KINDS: readonly LpmKind[] = ['dir18-run', 'dir24-8'];

export async function* packetCases(field: Field, work: PacketWork): AsyncGenerator<Case> {
  const worlds = KINDS.map((kind): World => {
    field.progress(`${work}: building ${kind}`);
    return { name: `pxtr ${work} ${kind}`, world: EngineWorld.open(field.folder, NEXT_HOPS, kind, work) };
  });
  for (const trace of TRACES) yield packetCase(field, work, trace, worlds);
}

export async function packetCase(
  field: Field,
  work: PacketWork,
  trace: string,
  worlds: readonly World[],
): Promise<Case> {
  const { harness, folder } = field;
  const count = passLength(field, 4, trace);
  const natives = await readyNatives(field, work, 4, trace);
  const keys = once(() => readTrace(folder, 4, trace, count));
  const passOf = (name: string, { world }: World, isForwarding: boolean): SelfTimed => ({
    name,
    time: () => timeHere(count, () => world.pass(keys(), isForwarding)),
  });
  return {
    name: `${work} IPv4 in IPv4, ${trace}`,
    unit: 'packet',
    operations: count,
    baseline: BASELINE[work],
    contenders: [
      ...natives.ready.map((name): SelfTimed => ({
        name,
        time: async () => roundOf(await harness.round(name, trace, BATCH, count)),
      })),
      ...worlds.slice(0, 1).map((world) => passOf('pxtr receive', world, false)),
      ...worlds.map((world) => passOf(world.name, world, true)),
    ],
    facts: { batch: BATCH, bytes: 64, slots: 4096 },
    notes: natives.notes,
    gate: async (refuse) => {
      const loops = natives.ready.filter(isWhole);
      for (const each of await gatePackets(field, { work, trace, loops, worlds, keys: keys() })) refuse(each);
    },
  };
}

/** It has all features, and so the same results as others. */
function isWhole(name: string): boolean {
  return !name.startsWith('receive') && !name.includes('bare');
}
