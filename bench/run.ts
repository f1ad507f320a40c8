/**
 * npm run bench: runs from dist/ on plain Node. Results worth keeping go, as JSON and with a SETUP.md, to
 * bench/results/<name>/.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { readEnvironment } from '../src/bench/environment.ts';
import { consumed as tableConsumed } from '../src/bench/rounds.ts';
import { forwardSuite } from './forward.ts';
import { kindsNamed } from '../src/bench/forms.ts';
import { InputError } from '../src/bench/input-error.ts';
import { runBench } from '../src/bench/measure.ts';
import { loadPeers } from '../src/bench/peers/load-peers.ts';
import { environmentText, reportText } from '../src/bench/report-text.ts';
import { readTable } from '../src/bench/table-file.ts';
import { lookupSuite } from './lookup.ts';
import { mapCacheSuite } from './map-cache.ts';
import { nativeSuite } from './native.ts';
import { offloadSuite } from './offload.ts';
import { buildSuite, memorySuite } from './build.ts';
import { callsSuite } from './calls.ts';
import { failureOf, readArguments, settingsOf } from './arguments.ts';
import { caseText, hasDisturbed, type Report } from './report.ts';
import { updateSuite } from './update.ts';
import { workersSuite } from './workers.ts';
import { consumed, measureCase, type CaseResult, type Suite } from './runner.ts';

const SUITES: readonly Suite[] = [
  lookupSuite,
  forwardSuite,
  offloadSuite,
  workersSuite,
  mapCacheSuite,
  callsSuite,
  updateSuite,
  buildSuite,
  memorySuite,
  nativeSuite,
];

/** Of --table; `pxtr bench` has them as options. */
const TABLE_SETTINGS = { milliseconds: 50, batches: [256], sample: 0 } as const;

const USAGE = `npm run bench -- [SUITE...] [--json FILE] [--rounds N] [--seconds S] [--seed N]
npm run bench -- lookup --table FILE [--traces DIR] [--kinds A,B] [--peers] [--rounds N] [--keys N] [--json FILE]

Without a SUITE, all but those in brackets: ${SUITES.map(({ name, isOptional }) =>
  isOptional === true ? `[${name}]` : name,
).join(', ')}

  --rounds N        each contender runs once in each round; default 7
  --seconds S       of a contender in a round; default 0.2
  --entries N       of mapcache; default 1000000
  --keys N          of native and --table: keys of a pass; default all of the trace
  --table FILE      of native, calls, update, build and memory: the list of prefixes, or a dump
  --peers           of --table: JavaScript beside the engine's kinds
  --unsummed        of native: results are not added up
  --json FILE       everything that was measured, with the environment

pxtr bench does what --table does, with more traces and instruments.

for example: npm run bench -- forward --rounds 5 --json forward.json`;

async function main(): Promise<void> {
  const { values, positionals } = readArguments(process.argv.slice(2));
  if (values.help) {
    console.log(USAGE);
    return;
  }
  const settings = settingsOf(values);
  if (values.table !== undefined && positionals.join() === 'lookup') {
    const { table, traces, kinds, peers, json } = values;
    const report = runBench(
      {
        table,
        rows: readTable(table, settings.seed),
        traces: ['rand', 'zipf', 'unif'],
        ...(traces === undefined ? {} : { keyFiles: traces }),
        ...(kinds === undefined ? {} : { kinds: kindsNamed(kinds) }),
        ...(peers ? { peers: await loadPeers() } : {}),
        ...(settings.keys === 0 ? {} : { keys: settings.keys }),
        ...TABLE_SETTINGS,
        rounds: settings.rounds,
        seed: settings.seed,
      },
      showProgress,
    );
    showProgress('');
    console.log(reportText(report));
    if (json !== undefined) writeReport(json, report);
    // What cannot manage a table is told; what answers wrongly is a fault.
    if (report.refused.some(({ trace }) => trace !== undefined)) process.exitCode = 1;
    if (!Number.isInteger(tableConsumed())) throw new Error('contenders return integers');
    return;
  }
  const suites =
    positionals.length === 0
      ? SUITES.filter(({ isOptional }) => isOptional !== true)
      : positionals.map(suiteNamed);
  const environment = readEnvironment(settings.seed);
  console.log(environmentText(environment));
  const results: CaseResult[] = [];
  for (const suite of suites) {
    try {
      const cases = await suite.cases(settings.seed, settings);
      if ('skipped' in cases) {
        console.log(`\n${suite.name}: skipped: ${cases.skipped}`);
        continue;
      }
      for (const work of cases) {
        const result = await measureCase(suite.name, work, settings, showProgress);
        showProgress('');
        console.log(`\n${caseText(result, !results.some(hasDisturbed))}`);
        results.push(result);
      }
    } finally {
      suite.close?.();
    }
  }
  if (values.json !== undefined) {
    // Where the list lies is nobody's business but this machine's.
    const { prefixes, ...rest } = settings;
    const told = prefixes === undefined ? rest : { ...rest, prefixes: basename(prefixes) };
    const report: Report = { environment, settings: told, results };
    writeReport(values.json, report);
  }
  if (!Number.isInteger(consumed())) throw new Error('contenders return integers');
}

function writeReport(file: string, report: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(report, undefined, 2) + '\n');
}

function suiteNamed(name: string): Suite {
  const suite = SUITES.find((candidate) => candidate.name === name);
  if (suite === undefined) {
    throw new InputError(`no suite ${name}; there are: ${SUITES.map((each) => each.name).join(', ')}`);
  }
  return suite;
}

/** One line that overwrites itself; nothing when the output is a file or a pipe. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

try {
  await main();
} catch (error) {
  const { lines, exitCode } = failureOf(error);
  console.error(lines.join('\n'));
  process.exitCode = exitCode;
}
