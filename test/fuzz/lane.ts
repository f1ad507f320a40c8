/**
 * The lane of `npm run test:fuzz`; USAGE has its options.
 *
 * Cases one after the other, in threads. A run is named by its seed: case n of a seed is the same on every machine.
 * With --state, a run that was stopped goes on where it was; it counts to --packets over all its parts. Failures are
 * made small, written to test/fuzz/fixtures and end the run with exit code 1. With --offloads, cases are of those instead
 * of the forwarding path: frames and packets are counted, and a failure is told with the bytes that it is about.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { checkWritable } from '../../src/cli/write-output.ts';
import type { EngineBuild } from '../engine/engine-builds.ts';
import { count, countOrZero, durationText, Progress, writeJson } from '../support/lane.ts';
import { CASE_PACKETS, FuzzFailure, reproduce, runCase, type Outcomes } from './fuzz-case.ts';
import { fixtureOf } from './fixture.ts';
import { minimise } from './minimise.ts';
import { OffloadFailure, runOffloadCase } from './offload-case.ts';

const BUILDS = ['mixed', 'release', 'debug', 'shared'] as const;
const USAGE = `npm run test:fuzz -- [OPTION...]

Packets at random through the engine and its twin, which must do the same.

  --packets N     at least so many, such as 5000000 or 5M (the default)
  --seed N        case n of a seed is the same on every machine; default: of the clock
  --build BUILD   ${BUILDS.join(', ')}; default mixed
  --jobs N        threads; default 1
  --from CASE     the first case; default 0
  --state FILE    where a run that was stopped goes on
  --json FILE     what was found
  --offloads      frames and batches through the offloads and their model instead

Failures are made small and written to test/fuzz/fixtures; then the exit code is 1.`;
const FIXTURES = fileURLToPath(new URL('../../test/fuzz/fixtures/', import.meta.url));
/** Enough to see a pattern; a broken engine fails everywhere. */
const MOST_FAILURES = 10;

const MOST_SEED = 0xf_ffff;

interface Task {
  readonly seed: number;
  readonly build: (typeof BUILDS)[number];
  readonly offloads: boolean;
}

/** From a thread: a case is done. */
interface Done {
  readonly number: number;
  readonly packets: number;
  readonly outcomes: readonly (readonly [string, number])[];
  readonly failure?: string;
}

interface State {
  readonly seed: number;
  readonly build: string;
  readonly offloads?: boolean;
  /** All cases below are done. */
  readonly next: number;
  readonly packets: number;
}

/** One case in eight has assertions on, one is of the shared build. */
function buildOf(build: Task['build'], number: number): EngineBuild {
  if (build !== 'mixed') return build;
  return number % 8 === 7 ? 'debug' : number % 8 === 3 ? 'shared' : 'release';
}

function workOnOffloads({ seed, build }: Task, number: number): Done {
  const outcomes: Outcomes = new Map();
  // The shared build has the same code as the release.
  const of = buildOf(build, number) === 'debug' ? 'debug' : 'release';
  try {
    const packets = runOffloadCase({ seed, number, build: of }, outcomes);
    return { number, packets, outcomes: [...outcomes] };
  } catch (error) {
    if (!(error instanceof OffloadFailure)) throw error;
    return { number, packets: 0, outcomes: [...outcomes], failure: error.message };
  }
}

function work({ seed, build }: Task, number: number): Done {
  const outcomes: Outcomes = new Map();
  try {
    const packets = runCase({ seed, number, build: buildOf(build, number) }, outcomes);
    return { number, packets, outcomes: [...outcomes] };
  } catch (error) {
    if (!(error instanceof FuzzFailure)) throw error;
    const { reproduction, problem = error.message } = minimise(error.reproduction, reproduce);
    const file = join(FIXTURES, `seed-${seed}-case-${number}.json`);
    mkdirSync(FIXTURES, { recursive: true });
    writeJson(file, fixtureOf({ problem, seed, case: number, reproduction }));
    return { number, packets: 0, outcomes: [...outcomes], failure: `${problem}\n  saved as ${file}` };
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      packets: { type: 'string', default: '5M' },
      seed: { type: 'string' },
      build: { type: 'string', default: 'mixed' },
      jobs: { type: 'string', default: '1' },
      from: { type: 'string', default: '0' },
      state: { type: 'string' },
      json: { type: 'string' },
      offloads: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const build = BUILDS.find((each) => each === values.build);
  if (build === undefined) throw new Error(`--build is one of ${BUILDS.join(', ')}, not ${values.build}`);
  const goal = count('packets', values.packets);
  const jobs = count('jobs', values.jobs);
  const { offloads } = values;
  const before = readState(values.state);
  if (before !== undefined && before.build !== build)
    throw new Error(`${values.state!} is of --build ${before.build}, not ${build}: use another file`);
  if (before !== undefined && (before.offloads ?? false) !== offloads)
    throw new Error(`${values.state!} is of a run with${offloads ? 'out' : ''} --offloads: use another file`);
  if (before !== undefined && values.seed !== undefined && Number(values.seed) !== before.seed)
    throw new Error(`${values.state!} is of --seed ${before.seed}, not ${values.seed}: use another file`);
  const seed =
    before?.seed ?? (values.seed === undefined ? Date.now() % 0x10_0000 : countOrZero('seed', values.seed));
  const first = before?.next ?? countOrZero('from', values.from);
  if (seed > MOST_SEED) throw new Error(`--seed is at most ${MOST_SEED}, so that cases are all different`);
  checkWritable(values.json);
  const task: Task = { seed, build, offloads };
  const failures: { readonly case: number; readonly problem: string }[] = [];
  const outcomes: Outcomes = new Map();
  /** Done, but not all below them. */
  const early = new Map<number, number>();
  let next = first;
  let covered = before?.packets ?? 0;
  let packets = covered;
  let handedOut = first;
  let doneHere = 0;
  const again = `npm run test:fuzz -- --seed ${seed} --build ${build}${offloads ? ' --offloads' : ''}`;
  console.log(`fuzz: seed ${seed}, build ${build}, from case ${first}: ${again} --from ${first}`);
  const progress = new Progress('fuzz', 'packets', goal, packets);
  const wants = (): boolean =>
    packets + (handedOut - first - doneHere) * CASE_PACKETS < goal && failures.length < MOST_FAILURES;

  const finish = (done: Done): void => {
    doneHere++;
    packets += done.packets;
    for (const [key, n] of done.outcomes) outcomes.set(key, (outcomes.get(key) ?? 0) + n);
    if (done.failure !== undefined) {
      failures.push({ case: done.number, problem: done.failure });
      progress.say(`case ${done.number} of seed ${seed}: ${done.failure}`);
    }
    early.set(done.number, done.packets);
    while (early.has(next)) {
      covered += early.get(next)!;
      early.delete(next++);
    }
    if (values.state !== undefined)
      writeJson(values.state, { seed, build, offloads, next, packets: covered });
    progress.show(packets, `case ${done.number}, ${failures.length} failures`);
  };
  const thread = new URL(import.meta.url);
  await Promise.all(
    Array.from({ length: jobs }, async () => {
      const worker = new Worker(thread, { workerData: task });
      try {
        while (wants()) finish(await ask(worker, handedOut++));
      } finally {
        await worker.terminate();
      }
    }),
  );
  progress.end();
  const seconds = progress.seconds();
  const summary = {
    lane: 'fuzz',
    seed,
    build,
    offloads,
    cases: { first, next },
    packets,
    packetsHere: packets - (before?.packets ?? 0),
    seconds,
    jobs,
    packetsPerSecond: Math.round((packets - (before?.packets ?? 0)) / seconds),
    outcomes: Object.fromEntries([...outcomes].sort()),
    failures,
  };
  if (values.json !== undefined) writeJson(values.json, summary);
  console.log(
    `fuzz: ${packets.toLocaleString('en')} packets, ${outcomes.size - (offloads ? 0 : 1)} outcomes, ` +
      `cases ${first} to ${next - 1}, ${durationText(seconds)}, ` +
      `${summary.packetsPerSecond.toLocaleString('en')} packets/s, ${failures.length} failures`,
  );
  if (failures.length > 0) process.exitCode = 1;
}

/** One case, by the thread. */
function ask(worker: Worker, number: number): Promise<Done> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
    };
    const onMessage = (done: Done): void => {
      settle();
      resolve(done);
    };
    const onError = (error: Error): void => {
      settle();
      reject(error);
    };
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.postMessage(number);
  });
}

function readState(file: string | undefined): State | undefined {
  if (file === undefined) return undefined;
  checkWritable(file);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as State) : undefined;
}

if (isMainThread) {
  try {
    await main();
  } catch (error) {
    console.error(`fuzz: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
} else {
  const task = workerData as Task;
  const run = task.offloads ? workOnOffloads : work;
  parentPort!.on('message', (number: number) => parentPort!.postMessage(run(task, number)));
}
