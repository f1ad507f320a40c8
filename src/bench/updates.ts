/** Single prefixes of a table withdrawn and announced again: how long a change takes, in each structure that can be changed. */
import type { Family } from '../base/ip.ts';
import type { ArenaUse } from '../engine/arena-use.ts';
import { EngineError } from '../engine/errors.ts';
import type { TableRow } from '../tables/collect.ts';
import type { Refusal } from './contender.ts';
import type { EngineForm } from './engine-contender.ts';
import { Flapping, WrongValues, type FlappingSetting, type StartReader } from './flapping.ts';
import { ALL_KINDS, BUILT_WHOLE } from './forms.ts';
import type { Absence, BenchReport, UpdateResult } from './results.ts';
import { PublishTimes, type Publishing } from './publish-times.ts';
import { flaps, watch, WATCHED } from './update-work.ts';

/** Prefixes that come and go when nobody says how many. */
export const DEFAULT_UPDATES = 2000;

export interface UpdateOptions {
  /** Each prefix once, each with a value. */
  readonly rows: readonly TableRow[];
  /** Prefixes that are withdrawn and announced again, drawn by the seed: with nobody who reads, and as many with a thread. */
  readonly updates: number;
  readonly seed: number;
  /** In each, a structure has an equal share of the changes; another one goes first each time. */
  readonly rounds: number;
  readonly startReader: StartReader;
}

/** What parts of a report are told of. */
type EngineFormOf = Pick<UpdateResult, 'family' | 'kind' | 'leafBytes'>;

interface Form extends EngineForm {
  readonly table: string;
  readonly family: Family;
}

/** A run over the same table, and what single changes take in the structures that have results in it. */
export async function withUpdates(
  report: BenchReport,
  options: UpdateOptions,
  progress: (text: string, done: number, total: number) => void,
): Promise<BenchReport> {
  const updates: UpdateResult[] = [];
  const refused: Refusal[] = [];
  const absent: Absence[] = [];
  const builds = new Map<string, number>();
  const forms: Form[] = [];
  for (const { table, family, kind: name, leafBytes, buildMs } of report.results) {
    const kind = ALL_KINDS.find((each) => each === name);
    const key = `${family} ${name} ${leafBytes}`;
    if (kind === undefined || builds.has(key)) continue;
    builds.set(key, buildMs);
    forms.push({ table, family, kind, leafBytes });
  }
  const fail = (form: Form, problem: unknown): void => {
    if (problem instanceof WrongValues) refused.push({ ...form, during: 'updates', why: problem.message });
    else if (problem instanceof EngineError)
      absent.push({
        table: form.table,
        family: form.family,
        why: `updates of IPv${form.family} ${form.kind} ${form.leafBytes} B: ${problem.message}`,
      });
    else throw problem;
  };
  const changed = forms.filter(({ kind }) => !BUILT_WHOLE.includes(kind));
  const total = 2 * changed.length * (2 + options.rounds);
  let done = 0;
  const step = ({ family, kind }: Form, text: string): void => {
    progress(`IPv${family} updates: ${text}, ${kind}`, done++, total);
  };
  const times = new Map<Form, Publishing[]>();
  const arenas = new Map<Form, ArenaUse>();
  for (const family of [4, 6] as const) {
    let left: readonly Form[] = changed.filter((form) => form.family === family);
    if (left.length === 0) continue;
    const setting = settingOf(family, options);
    for (const readers of [{}, { startReader: options.startReader }]) {
      const told = await flapAll(left, { ...setting, ...readers }, options.rounds, step, fail);
      for (const [form, { publishing, arena }] of told) {
        times.set(form, [...(times.get(form) ?? []), publishing]);
        // The first is with nobody who reads: nothing of it waits for a reader that is somewhere just now.
        if (!arenas.has(form)) arenas.set(form, arena);
      }
      left = left.filter((form) => told.has(form));
    }
  }
  for (const form of forms) {
    const [alone, beside] = times.get(form) ?? [];
    if (BUILT_WHOLE.includes(form.kind)) {
      const buildMs = builds.get(`${form.family} ${form.kind} ${form.leafBytes}`)!;
      updates.push({ ...form, way: 'rebuild', buildMs });
    } else if (alone !== undefined && beside !== undefined) {
      updates.push({ ...form, way: 'in place', alone, beside });
      if (beside.lookupsBeside === 0)
        absent.push({
          table: form.table,
          family: form.family,
          why: `a reader beside IPv${form.family} ${form.kind} ${form.leafBytes} B: it had no turn, so what is told is a writer alone`,
        });
    }
  }
  const isRefused = (each: EngineFormOf): boolean =>
    refused.some(
      ({ family, kind, leafBytes }) =>
        family === each.family && kind === each.kind && leafBytes === each.leafBytes,
    );
  return {
    ...report,
    // Whoever answers wrongly has no times.
    results: report.results.filter((each) => !isRefused(each)),
    instruments: report.instruments.filter((each) => !isRefused(each)),
    settings: { ...report.settings, updates: options.updates },
    updates,
    memory: report.memory
      .filter((each) => !isRefused(each))
      .map((each) => {
        const form = forms.find(
          ({ family, kind, leafBytes }) =>
            family === each.family && kind === each.kind && leafBytes === each.leafBytes,
        );
        const updated = form && arenas.get(form);
        return updated === undefined ? each : { ...each, updated };
      }),
    refused: [...report.refused, ...refused],
    absent: [...report.absent, ...absent],
  };
}

function settingOf(family: Family, { rows, updates, seed }: UpdateOptions): FlappingSetting {
  const own = rows.filter(({ prefix }) => prefix.address.family === family);
  const lists = flaps(own, 1, updates, seed);
  return { family, rows: own, lists, watched: watch(family, own, lists, WATCHED, seed) };
}

/** Those that fail are told, and go no further. */
async function flapAll(
  forms: readonly Form[],
  setting: FlappingSetting,
  rounds: number,
  step: (form: Form, text: string) => void,
  fail: (form: Form, problem: unknown) => void,
): Promise<Map<Form, { readonly publishing: Publishing; readonly arena: ArenaUse }>> {
  const all = forms.map((form) => ({
    form,
    flapping: new Flapping(form, setting),
    times: new PublishTimes(1),
    lookups: 0,
    isFailed: false,
  }));
  type Each = (typeof all)[number];
  const attempt = async (each: Each, text: string, work: () => Promise<void>): Promise<void> => {
    if (each.isFailed) return;
    step(each.form, text);
    try {
      await work();
    } catch (problem) {
      each.isFailed = true;
      fail(each.form, problem);
    }
  };
  try {
    for (const each of all) await attempt(each, 'building', () => each.flapping.open());
    // Round 0 warms up, with the changes of the last one.
    for (let round = 0; round <= rounds; round++) {
      const lists = partOf(setting.lists, (round === 0 ? rounds : round) - 1, rounds);
      if (lists.length === 0) continue;
      for (let n = 0; n < all.length; n++) {
        const each = all[(n + round) % all.length]!;
        await attempt(each, `round ${round} of ${rounds}`, async () => {
          const { times, beside } = await each.flapping.flap(lists);
          if (round === 0) return;
          each.times.addAll(times);
          each.lookups += beside?.lookups ?? 0;
        });
      }
    }
    const isRead = setting.startReader !== undefined;
    return new Map(
      all
        .filter(({ isFailed }) => !isFailed)
        .map(({ form, flapping, times, lookups }) => [
          form,
          {
            publishing: times.told(isRead ? { lookups, torn: 0 } : undefined),
            arena: flapping.arena(),
          },
        ]),
    );
  } finally {
    for (const { flapping } of all) await flapping.close();
  }
}

/** Parts of a list that differ by one at most. */
function partOf<T>(list: readonly T[], part: number, parts: number): readonly T[] {
  return list.slice(Math.floor((part * list.length) / parts), Math.floor(((part + 1) * list.length) / parts));
}
