/**
 * npm run bench: runs from dist/ on plain Node. Results worth keeping go, as JSON and with a SETUP.md, to
 * bench/results/<name>/.
 */
import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import { readEnvironment } from '../src/bench/environment.ts';
import { consumed as tableConsumed } from '../src/bench/rounds.ts';
import { EXIT } from '../src/cli/io.ts';
import { checkWritable, writeOutput } from '../src/cli/write-output.ts';
import { runIdeas } from './ideas.ts';
import { kindsNamed } from '../src/bench/forms.ts';
import { InputError } from '../src/bench/input-error.ts';
import { runBench } from '../src/bench/measure.ts';
import { loadPeers } from '../src/bench/peers/load-peers.ts';
import { environmentText, reportText } from '../src/bench/report-text.ts';
import { MADE_TABLE, makeTable } from '../src/bench/made-table.ts';
import { readTable } from '../src/bench/table-file.ts';
import { failureOf, readArguments, settingsOf } from './arguments.ts';
import { caseText, exitCodeOf, hasDisturbed, reportOf } from './report.ts';
import { progressOn } from './progress.ts';
import { SUITES } from './suites.ts';
import { IDEAS, usageOf } from './usage.ts';
import { consumed, measureCase, type CaseResult, type Suite } from './runner.ts';

/** Of --table; `pxtr bench` has them as options. */
const TABLE_SETTINGS = { milliseconds: 50, batches: [256], sample: 0 } as const;

const showProgress = progressOn(process.stderr, () => performance.now());

async function main(): Promise<void> {
  const { values, positionals } = readArguments(process.argv.slice(2));
  if (values.help) {
    console.log(usageOf(positionals.map((name) => (name === IDEAS ? name : suiteNamed(name).name))));
    return;
  }
  const settings = settingsOf(values);
  const { table, traces, kinds, peers, json } = values;
  checkWritable(json);
  const isIdeas = positionals.join() === IDEAS;
  if (isIdeas || (table !== undefined && positionals.join() === 'lookup')) {
    const { seed, rounds, keys } = settings;
    const common = {
      table: table === undefined ? MADE_TABLE : basename(table),
      rows: table === undefined ? makeTable(seed) : readTable(table, seed),
      ...(traces === undefined ? {} : { keyFiles: traces }),
      ...(keys === 0 ? {} : { keys }),
      ...TABLE_SETTINGS,
      rounds,
      seed,
    };
    const report = isIdeas
      ? runIdeas(common, showProgress)
      : runBench(
          {
            ...common,
            traces: ['rand', 'zipf', 'unif'],
            ...(kinds === undefined ? {} : { kinds: kindsNamed(kinds) }),
            ...(peers ? { peers: await loadPeers() } : {}),
          },
          showProgress,
        );
    showProgress('');
    console.log(reportText(report));
    if (json !== undefined) writeReport(json, report);
    // What cannot manage a table is told; what answers wrongly is a fault.
    if (report.refused.some(({ trace }) => trace !== undefined)) process.exitCode = EXIT.failed;
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
      const cases = await suite.cases(settings.seed, settings, showProgress);
      if ('skipped' in cases) {
        console.log(`\n${suite.name}: skipped: ${cases.skipped}`);
        continue;
      }
      for await (const work of cases) {
        const result = await measureCase(suite.name, work, settings, showProgress);
        showProgress('');
        console.log(`\n${caseText(result, !results.some(hasDisturbed))}`);
        results.push(result);
      }
    } finally {
      suite.close?.();
    }
  }
  if (json !== undefined) writeReport(json, reportOf(environment, settings, results));
  process.exitCode = exitCodeOf(results);
  if (!Number.isInteger(consumed())) throw new Error('contenders return integers');
}

function writeReport(file: string, report: unknown): void {
  writeOutput(file, JSON.stringify(report, undefined, 2) + '\n');
}

function suiteNamed(name: string): Suite {
  const suite = SUITES.find((candidate) => candidate.name === name);
  if (suite === undefined) {
    throw new InputError(`no suite ${name}; there are: ${SUITES.map((each) => each.name).join(', ')}`);
  }
  return suite;
}

try {
  await main();
} catch (error) {
  const { lines, exitCode } = failureOf(error);
  console.error(lines.join('\n'));
  process.exitCode = exitCode;
}
