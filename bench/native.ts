/**
 * Native contenders (DPDK's tables, C forwarding loops; bench/native) and the engine, over a full table and long traces,
 * in rounds that take turns. Needs libdpdk-dev and a list of prefixes; `taskset -c 1` pins all of it.
 * Times are CPU time of the process that does the work. The engine's lookup is measured in its memory, where the keys
 * lie as they do for native contenders, and through `Lpm.lookupBatch`, with keys copied in and values copied out.
 */
import { join } from 'node:path';
import type { Family } from '../src/base/ip.ts';
import type { LeafBytes, LpmKind } from '../src/engine/lpm.ts';
import { EngineWorld, type PacketWork } from './engine-world.ts';
import { fullList } from './full-rows.ts';
import { digestOf, lookUpAll, openFullTables, type FullTable } from './full-table.ts';
import { EngineContender } from '../src/bench/engine-contender.ts';
import { generate, readRoutes, readTrace, traceLength, TRACES } from './native-data.ts';
import { buildNative, checkoutFolder, NativeHarness } from './native-harness.ts';
import { judge } from './native-judge.ts';
import type { NativeContender, NativeWork } from './native-protocol.ts';
import {
  consume,
  type Case,
  type Cases,
  type Round,
  type SelfTimed,
  type Settings,
  type Suite,
} from './runner.ts';

const NEXT_HOPS = 1000;
const PACKET_BATCH = 256;
const KEY_BATCH = 256;
const BASELINE = {
  4: 'rte_lpm_bulk',
  6: 'rte_lpm6_bulk',
  forward: 'forward_plain_lpm',
  decapsulate: 'decapsulate_lpm',
};
const PACKET_TRACES = ['rand', 'zipf'] as const;
/** Packets that two loops must treat alike, and that the Model judges. */
const GATE_PACKETS = 1 << 18;
const JUDGED_PACKETS = 512;
/** Packets that differ in more than their destination. */
const FRAMES = 1024;
/** The receive stage alone. */
const RECEIVE = { forward: 'receive', decapsulate: 'receive_lisp' } as const;
/** What looks up keys in the engine's memory. */
const KERNELS: Readonly<
  Record<Family, readonly { readonly kind: LpmKind; readonly leafBytes: LeafBytes }[]>
> = {
  4: [
    { kind: 'dir18-run', leafBytes: 2 },
    { kind: 'dir18-run', leafBytes: 4 },
    { kind: 'dir24-8', leafBytes: 2 },
    { kind: 'dir24-8', leafBytes: 4 },
  ],
  6: [
    { kind: 'dir24-stride6', leafBytes: 2 },
    { kind: 'dir24-stride6', leafBytes: 4 },
  ],
};
/** Of the Map-Cache of the engine that forwards. */
const FORWARDING_KINDS: readonly LpmKind[] = ['dir18-run', 'dir24-8'];

let harness: NativeHarness | undefined;

export const nativeSuite: Suite = {
  name: 'native',
  isOptional: true,
  cases: (_, settings) => openCases(settings),
  close: () => {
    harness?.close();
    harness = undefined;
  },
};

/** What the cases share. */
interface Field {
  readonly harness: NativeHarness;
  readonly folder: string;
  readonly settings: Settings;
  readonly contenders: readonly NativeContender[];
  readonly engines: readonly FullTable[];
  readonly kernels: readonly EngineContender[];
  readonly worlds: Readonly<Record<PacketWork, readonly World[]>>;
}

async function openCases(settings: Settings): Promise<Cases> {
  const root = checkoutFolder();
  const prefixes = fullList(settings);
  if (prefixes === undefined) return { skipped: 'no list of prefixes: --table FILE' };
  const programs = buildNative();
  if ('skipped' in programs) return programs;
  const folder = join(root, 'build/native', `data-${settings.seed}-${NEXT_HOPS}`);
  generate(programs.gen, prefixes, folder, { seed: settings.seed, nextHops: NEXT_HOPS });
  harness = new NativeHarness(programs.harness);
  await harness.load(folder);
  const field: Field = {
    harness,
    folder,
    settings,
    contenders: await harness.list(),
    engines: [...openFullTables(folder, 4), ...openFullTables(folder, 6)],
    kernels: [...openKernels(folder, 4), ...openKernels(folder, 6)],
    worlds: { forward: openWorlds(folder, 'forward'), decapsulate: openWorlds(folder, 'decapsulate') },
  };
  const cases: Case[] = [];
  for (const family of [4, 6] as const) {
    for (const trace of TRACES[family]) cases.push(await lookupCase(field, family, trace));
  }
  for (const work of ['forward', 'decapsulate'] as const) {
    for (const trace of PACKET_TRACES) cases.push(await packetCase(field, work, trace));
  }
  return cases;
}

async function lookupCase(field: Field, family: Family, trace: string): Promise<Case> {
  const { settings, folder } = field;
  const batch = KEY_BATCH;
  const natives = await ready(field, 'lookup', family, trace, batch);
  // Patricia at a few million a second would take most of the time.
  const engines = field.engines.filter((table) => table.family === family && table.kind !== 'patricia');
  const kernels = field.kernels.filter((kernel) => kernel.family === family);
  const keys = once(() => readTrace(folder, family, trace, settings.keys));
  const passOf = (kernel: EngineContender, summed: boolean): bigint => {
    kernel.setKeys(keys());
    return kernel.pass(passLength(field, family, trace), batch, 0, summed);
  };
  return {
    name: `lookup IPv${family} ${trace}, results ${settings.unsummed ? 'not summed' : 'summed'}`,
    unit: 'key',
    operations: passLength(field, family, trace),
    baseline: BASELINE[family],
    contenders: [
      ...natives.timed,
      ...kernels.map((kernel): SelfTimed => ({
        name: nameOf(kernel),
        time: () =>
          timeHere(passLength(field, family, trace), () =>
            Number(passOf(kernel, !settings.unsummed) & 0xffffn),
          ),
      })),
      ...engines.map((table): SelfTimed => ({
        name: `lookupBatch ${table.kind}`,
        time: () =>
          timeHere(passLength(field, family, trace), () =>
            lookUpAll(table, keys(), batch, !settings.unsummed),
          ),
      })),
    ],
    facts: { batch, seed: settings.seed, 'next hops': NEXT_HOPS },
    notes: { ...natives.notes, ...Object.fromEntries(engines.map(noteOf)) },
    gate: async () => {
      const digests = new Map<string, string>();
      for (const { name } of natives.timed) {
        if (!name.startsWith('null'))
          digests.set(name, await digestOfNative(field, name, trace, settings.keys));
      }
      for (const table of engines) digests.set(`lookupBatch ${table.kind}`, digestOf(table, keys()));
      allEqual(digests);
      for (const kernel of kernels) {
        const sum = String(passOf(kernel, true));
        const wanted = [...digests.values()][0]!.split(' ')[1];
        if (sum !== wanted) throw new Error(`${nameOf(kernel)} adds up to ${sum}, others to ${wanted}`);
      }
    },
  };
}

function nameOf({ kind, leafBytes }: EngineContender): string {
  return `pxtr ${kind}, ${leafBytes}-byte leaves`;
}

function openKernels(folder: string, family: Family): EngineContender[] {
  const rows = [...readRoutes(folder, family)].map(([prefix, value]) => ({ prefix, value }));
  const keys = traceLength(folder, family, 'rand');
  return KERNELS[family].map((form) => new EngineContender(form, family, rows, keys));
}

interface World {
  readonly kind: LpmKind;
  readonly world: EngineWorld;
}

function openWorlds(folder: string, work: PacketWork): World[] {
  return FORWARDING_KINDS.map((kind) => ({ kind, world: EngineWorld.open(folder, NEXT_HOPS, kind, work) }));
}

async function packetCase(field: Field, work: Exclude<NativeWork, 'lookup'>, trace: string): Promise<Case> {
  const { harness: native, folder, settings } = field;
  const natives = await ready(field, work, 4, trace, PACKET_BATCH);
  const isWhole = (name: string): boolean => !name.startsWith('receive') && !name.includes('bare');
  const whole = natives.timed.map(({ name }) => name).filter(isWhole);
  const worlds = field.worlds[work];
  const keys = once(() => readTrace(folder, 4, trace, settings.keys));
  const passOf = (name: string, world: EngineWorld, isForwarding: boolean): SelfTimed => ({
    name,
    time: () => timeHere(keys().length, () => world.pass(keys(), isForwarding)),
  });
  return {
    name: `${work} IPv4 in IPv4, ${trace}`,
    unit: 'packet',
    operations: passLength(field, 4, trace),
    baseline: BASELINE[work],
    contenders: [
      ...natives.timed,
      ...worlds.slice(0, 1).map(({ world }) => passOf('pxtr receive', world, false)),
      ...worlds.map(({ kind, world }) => passOf(`pxtr ${work} ${kind}`, world, true)),
    ],
    facts: { batch: PACKET_BATCH, bytes: 64, slots: 4096 },
    notes: natives.notes,
    gate: async () => {
      // Clean ones last: those frames stay.
      for (const dirty of [true, false]) {
        const digests = new Map<string, string>();
        for (const name of whole) {
          digests.set(name, await digestOfNative(field, name, trace, GATE_PACKETS, dirty));
        }
        const frames = await native.show(RECEIVE[work], trace, FRAMES, { dirty });
        for (const { kind, world } of worlds) {
          if ('skipped' in frames) throw new Error(frames.skipped);
          world.setFrames(frames, keys());
          digests.set(`pxtr ${work} ${kind}`, world.digest(keys().subarray(0, GATE_PACKETS)));
        }
        allEqual(digests);
        const packets = await native.show(BASELINE[work], trace, JUDGED_PACKETS, { dirty });
        if (!('skipped' in packets)) judge(work, packets);
      }
    },
  };
}

function passLength({ folder, settings }: Field, family: Family, trace: string): number {
  const whole = traceLength(folder, family, trace);
  return settings.keys === 0 ? whole : Math.min(whole, settings.keys);
}

/** The native contenders of a case that can run, and what is to be said of each. */
async function ready(
  { harness: native, contenders, settings }: Field,
  work: NativeWork,
  family: Family,
  trace: string,
  batch: number,
): Promise<{ readonly timed: readonly SelfTimed[]; readonly notes: Readonly<Record<string, string>> }> {
  const timed: SelfTimed[] = [];
  const notes: Record<string, string> = {};
  const options = { unsummed: settings.unsummed };
  for (const { name, note } of contenders.filter((each) => each.work === work && each.family === family)) {
    const trial = await native.round(name, trace, batch, batch);
    if ('skipped' in trial) {
      notes[name] = `skipped: ${trial.skipped}`;
      continue;
    }
    const size = trial.memoryBytes === 0 ? [] : [sizeOf(trial.memoryBytes, trial.buildMs)];
    const about = [...size, ...(note === '' ? [] : [note])];
    if (about.length > 0) notes[name] = about.join('; ');
    timed.push({
      name,
      time: async () => roundOf(await native.round(name, trace, batch, settings.keys, options)),
    });
  }
  return { timed, notes };
}

function noteOf({ kind, lpm, buildMs }: FullTable): [string, string] {
  return [`lookupBatch ${kind}`, sizeOf(lpm.stats().liveBytes, buildMs)];
}

function sizeOf(bytes: number, buildMs: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB, built in ${buildMs.toFixed(0)} ms`;
}

function roundOf(answer: Awaited<ReturnType<NativeHarness['round']>>): Round {
  if ('skipped' in answer) throw new Error(answer.skipped);
  return { medianNs: answer.cpuNs, calls: 1, cpuShare: answer.cpuNs / answer.wallNs };
}

function timeHere(operations: number, pass: () => number): Round {
  const [wall, cpu] = [performance.now(), process.cpuUsage()];
  consume(pass());
  const { user, system } = process.cpuUsage(cpu);
  const cpuNs = (user + system) * 1000;
  return { medianNs: cpuNs / operations, calls: 1, cpuShare: cpuNs / 1e6 / (performance.now() - wall) };
}

async function digestOfNative(
  { harness: native }: Field,
  name: string,
  trace: string,
  keys: number,
  dirty = false,
): Promise<string> {
  const answer = await native.check(name, trace, keys, { dirty });
  if ('skipped' in answer) throw new Error(answer.skipped);
  return `${answer.digest} ${answer.sum}`;
}

function allEqual(digests: ReadonlyMap<string, string>): void {
  const [first, ...others] = digests;
  for (const [name, digest] of others) {
    if (digest !== first![1]) throw new Error(`${name} answers ${digest}, ${first![0]} ${first![1]}`);
  }
}

/** Traces are large: read when first used. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
