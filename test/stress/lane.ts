/**
 * The lane of `npm run test:stress`; USAGE has its options.
 *
 * Readers in threads against a writer, so many batches for each kind of table in turn. Exit code 1 when one is torn; with
 * --no-grace, a switch for tests that lets the writer use memory at once, when none is.
 */
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { CONTROL_NO_GRACE } from '../../assembly/layout.ts';
import { checkWritable } from '../../src/cli/write-output.ts';
import { count, countOrZero, durationText, Progress, writeJson } from '../support/lane.ts';
import { STRESS_KINDS, type StressKind } from './plan.ts';
import { runStress, type Outcome } from './run.ts';

/** Without grace the first torn batch is enough; this is how long one may take, for each kind of table. */
const NO_GRACE_MS = 60_000;
/** Batches beside no publish could not be torn, whatever is wrong. */
const LEAST_PUBLISHES = 10;
const USAGE = `npm run test:stress -- [OPTION...]

Readers in threads against a writer that changes tables all the while: no batch may see a half of a change.

  --batches N       of each kind of table, such as 20000000 or 20M (the default)
  --seed N          default: of the clock
  --readers N       threads; default 2
  --kinds A,B       default ${STRESS_KINDS.join()}
  --kill-every MS   a reader is ended and replaced so often; default 500, 0: never
  --no-grace        memory is used again at once: then a torn batch must be found
  --json FILE       what was found

The exit code is 1 when a batch is torn; with --no-grace, when none is.`;
/** Bundled beside this file by scripts/lane.mjs. */
const script = pathToFileURL(process.argv[1]!.replace(/[^/\\]*$/, 'stress-reader.mjs'));

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      batches: { type: 'string', default: '20M' },
      seed: { type: 'string' },
      readers: { type: 'string', default: '2' },
      kinds: { type: 'string', default: STRESS_KINDS.join() },
      'kill-every': { type: 'string', default: '500' },
      'no-grace': { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return true;
  }
  const goal = count('batches', values.batches);
  const readers = count('readers', values.readers);
  const seed = values.seed === undefined ? Date.now() % 0x10_0000 : countOrZero('seed', values.seed);
  const killEveryMs = countOrZero('kill-every', values['kill-every']);
  const kinds = values.kinds.split(',').map(kindNamed);
  const hasGrace = !values['no-grace'];
  checkWritable(values.json);
  console.log(
    `stress: seed ${seed}, ${readers} readers, ${kinds.join(', ')}, ` +
      (hasGrace ? `${values.batches} batches` : 'without grace, until a batch is torn'),
  );
  const results: (Outcome & { readonly kind: StressKind; readonly seconds: number })[] = [];
  const progress = new Progress('stress', 'batches', goal);
  const done = (): number => results.reduce((sum, { batches }) => sum + batches, 0);
  for (const [i, kind] of kinds.entries()) {
    const before = done();
    const share = Math.ceil((goal - before) / (kinds.length - i));
    const startSeconds = progress.seconds();
    const outcome = await runStress({
      kind,
      readers,
      seed: seed + i,
      flags: hasGrace ? 0 : CONTROL_NO_GRACE,
      // Without grace a reader may walk in circles, and end by itself.
      killEveryMs: hasGrace ? killEveryMs : 0,
      script,
      isEnough: (so, elapsedMs) => {
        progress.show(before + so.batches, `${kind}, ${so.publishes} publishes, ${so.torn} torn`);
        return hasGrace
          ? so.batches >= share && so.publishes >= LEAST_PUBLISHES
          : so.torn > 0 || elapsedMs > NO_GRACE_MS;
      },
    });
    const seconds = progress.seconds() - startSeconds;
    results.push({ kind, seconds, ...outcome });
    progress.end();
    console.log(
      `stress: ${kind}: ${outcome.batches.toLocaleString('en')} batches, ` +
        `${outcome.publishes.toLocaleString('en')} publishes and ${outcome.refused.toLocaleString('en')} refused, ` +
        `${outcome.torn} torn (lookups ${outcome.tornLookups}, forwarding ${outcome.tornForwardings}, ` +
        `traps ${outcome.traps}), ${outcome.kills} readers ended, ${seconds < 10 ? `${seconds.toFixed(2)} s` : durationText(seconds)}`,
    );
  }
  const torn = results.reduce((sum, each) => sum + each.torn, 0);
  const seconds = progress.seconds();
  console.log(
    `stress: ${done().toLocaleString('en')} batches, ${torn} torn, ${durationText(seconds)}, ` +
      `${Math.round(done() / seconds).toLocaleString('en')} batches/s`,
  );
  if (values.json !== undefined)
    writeJson(values.json, {
      lane: 'stress',
      seed,
      readers,
      hasGrace,
      batches: done(),
      torn,
      seconds,
      results,
    });
  return hasGrace ? torn === 0 : results.every((each) => each.torn > 0);
}

function kindNamed(name: string): StressKind {
  const kind = STRESS_KINDS.find((each) => each === name);
  if (kind === undefined) throw new Error(`--kinds takes some of ${STRESS_KINDS.join(', ')}, not ${name}`);
  return kind;
}

try {
  if (!(await main())) process.exitCode = 1;
} catch (error) {
  console.error(`stress: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
