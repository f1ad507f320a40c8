/** Sends the same random packets through two data planes with the same random tables and compares all they say. */
import { toHex } from '../../src/base/bytes.ts';
import { formatIp } from '../../src/base/ip-text.ts';
import type { DataPlane, EntryView } from '../../src/engine/data-plane.ts';
import { Model } from '../../src/engine/model.ts';
import { eidKey, type EidPrefix } from '../../src/mapping/eid.ts';
import { applyOp, ForwardingGen, type GeneratedPacket, type TableOp } from '../support/gen-forwarding.ts';
import { firstDifference, type Outcome } from '../support/verdict-difference.ts';

export interface Tally {
  packets: number;
  /** Packets per "verdict/reason". */
  readonly outcomes: Map<string, number>;
}

const BATCHES = 6;
/** Fits the buffers of a lab's engine. */
const BATCH_PACKETS = 96;

/**
 * One set of tables from `seed`, changed between batches. Throws an error that holds the seed, the packet and the
 * model's explanation when the planes differ in a verdict, a byte, a counter, a hit or a match.
 */
export function compareFromSeed(
  seed: number,
  makeSubject: () => DataPlane,
  tally: Tally,
  batchPackets = BATCH_PACKETS,
): void {
  const gen = new ForwardingGen(seed);
  const model = new Model({ batchCount: batchPackets });
  const subject = makeSubject();
  let ops: TableOp[] = gen.tables();
  for (let batch = 0; batch < BATCHES; batch++) {
    for (const op of ops) {
      applyOp(model, op);
      applyOp(subject, op);
    }
    model.publish();
    subject.publish();
    const packets = Array.from({ length: batchPackets }, () => gen.packet());
    compareBatch({ seed, batch, model, subject, packets, tally });
    compareTables({ seed, batch, model, subject, gen });
    ops = gen.changes(gen.chance(70) ? 1 + gen.int(10) : 60);
  }
}

interface Batch {
  readonly seed: number;
  readonly batch: number;
  readonly model: Model;
  readonly subject: DataPlane;
}

function compareBatch(
  run: Batch & { readonly packets: readonly GeneratedPacket[]; readonly tally: Tally },
): void {
  const { model, subject, packets, tally } = run;
  const [expected, actual] = [outcomes(model, packets), outcomes(subject, packets)];
  if (expected.length !== actual.length) {
    throw new Error(`${where(run)}: ${actual.length} verdicts, expected ${expected.length}`);
  }
  expected.forEach((wanted, i) => {
    const { verdict, reason } = wanted.verdict;
    const key = `${verdict}/${reason}`;
    tally.packets++;
    tally.outcomes.set(key, (tally.outcomes.get(key) ?? 0) + 1);
    const difference = firstDifference(wanted, actual[i]!, `packet ${i}`);
    if (difference !== undefined) {
      const packet = packets[i]!;
      const phases = model
        .explain(packet.bytes, packet.options)
        .phases.map((p) => `  ${p.phase} | ${p.table} | ${p.key} | ${p.result}`);
      throw new Error(
        [`${where(run)}, ${difference}`, JSON.stringify(packet.options), toHex(packet.bytes), ...phases].join(
          '\n',
        ),
      );
    }
  });
}

function outcomes(plane: DataPlane, packets: readonly GeneratedPacket[]): Outcome[] {
  const results: Outcome[] = [];
  for (const { bytes, options } of packets) {
    if (!plane.inject(bytes, options)) throw new Error(`a packet of ${bytes.length} bytes was not taken`);
  }
  plane.process();
  plane.collect((verdict, bytes) => results.push({ verdict, bytes: bytes.slice() }));
  return results;
}

function compareTables(run: Batch & { readonly gen: ForwardingGen }): void {
  const { model, subject, gen } = run;
  const [expected, actual] = [JSON.stringify(model.counters()), JSON.stringify(subject.counters())];
  if (expected !== actual)
    throw new Error(`${where(run)}: counters\n- model   ${expected}\n- subject ${actual}`);
  for (const eid of gen.eids) {
    const [wanted, got] = [model.hits(eid), subject.hits(eid)];
    if (wanted !== got)
      throw new Error(`${where(run)}: hits of ${eidKey(eid)}: model ${wanted}, subject ${got}`);
  }
  compareEntries(run);
  for (let i = 0; i < 20; i++) {
    const instanceId = gen.pick(gen.instances);
    const address = gen.address(gen.pick([4, 6]));
    const key = (eid: EidPrefix | undefined): string => (eid === undefined ? 'none' : eidKey(eid));
    const [wanted, got] = [
      model.matchEntry(instanceId, address),
      subject.matchEntry(instanceId, address),
    ].map(key);
    if (wanted !== got) {
      throw new Error(
        `${where(run)}: match of [${instanceId}] ${formatIp(address)}: model ${wanted}, subject ${got}`,
      );
    }
  }
}

/** Entries one by one, and all of them by pages. */
function compareEntries(run: Batch & { readonly gen: ForwardingGen }): void {
  const { model, subject, gen } = run;
  const told = (view: EntryView | undefined): string =>
    view === undefined
      ? 'none'
      : JSON.stringify({ ...view, targets: view.targets.map(({ destination }) => formatIp(destination)) });
  const compare = (what: string, wanted: string, got: string): void => {
    if (wanted !== got) throw new Error(`${where(run)}: ${what}\n- model   ${wanted}\n- subject ${got}`);
  };
  for (const eid of gen.eids)
    compare(`entry ${eidKey(eid)}`, told(model.entry(eid)), told(subject.entry(eid)));
  let after: EidPrefix | undefined = gen.chance(50) || gen.eids.length === 0 ? undefined : gen.pick(gen.eids);
  for (;;) {
    const limit = 1 + gen.int(30);
    const [wanted, got] = [model.entries(after, limit), subject.entries(after, limit)];
    compare('a page of entries', wanted.map(told).join('\n'), got.map(told).join('\n'));
    if (wanted.length < limit) return;
    after = wanted.at(-1)!.eid;
  }
}

function where({ seed, batch }: Pick<Batch, 'seed' | 'batch'>): string {
  return `seed ${seed}, batch ${batch}`;
}
