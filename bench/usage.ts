/** What `npm run bench -- --help` prints, and with the name of a suite. */
import { SUITES } from './suites.ts';

/** No suite: its report is that of a table. */
export const IDEAS = 'ideas';

/** What an option takes and means. */
export const OPTION_TEXTS = {
  rounds: ['--rounds N', 'each contender runs once in each round; default 7'],
  seconds: ['--seconds S', 'of a contender in a round; default 0.2'],
  seed: ['--seed N', 'of all that is drawn by lot; default 1'],
  entries: ['--entries N', 'of the Map-Cache; default 1000000'],
  keys: ['--keys N', 'of a pass; default all of the trace'],
  table: [
    '--table FILE',
    'the list of prefixes, or a dump; default the one beside the checkout, or a made one',
  ],
  traces: ['--traces DIR', 'of lookup --table: keys of the files of bench/native/gen.c'],
  kinds: ['--kinds A,B', 'of native and lookup --table: these, or all; default of native the fast ones'],
  peers: ['--peers', "of native and lookup --table: JavaScript beside the engine's kinds"],
  unsummed: ['--unsummed', 'results are not added up'],
  json: ['--json FILE', 'everything that was measured, with the environment: docs/bench-suite-schema.json'],
} as const;

type Option = keyof typeof OPTION_TEXTS;

/** What each suite is, and the options that mean something to it beside --rounds, --seed and --json. */
const ABOUT: Readonly<Record<string, readonly [about: string, ...options: readonly Option[]]>> = {
  lookup: [
    'Lookups in small tables. With --table FILE, those of a table of prefixes: what pxtr bench does, with longer turns.',
    'seconds',
    'table',
    'traces',
    'kinds',
    'peers',
    'keys',
  ],
  forward: ['Whole packets through the data plane, and what each feature of it costs.', 'seconds'],
  offload: ['Large frames cut into packets, and packets of a flow joined.', 'seconds'],
  workers: ['Threads over one engine: packets and lookups beside each other and beside updates.', 'seconds'],
  mapcache: [
    'The Map-Cache at scale: entries installed, kept, met by packets and gone through.',
    'seconds',
    'entries',
  ],
  calls: ['What lookups from TypeScript cost beside those of the engine alone.', 'seconds', 'table'],
  update: ['Changes of a full table, with nobody and with one thread that looks addresses up.', 'table'],
  build: ['A full table made in each kind: time, and memory.', 'table'],
  memory: ['The same as build, by another name: a table must be made to be weighed.', 'table'],
  [IDEAS]: [
    'What was tried to be faster than the kinds for IPv4, beside them, over a table and its keys (docs/lpm.md).',
    'table',
    'traces',
    'keys',
  ],
  native: [
    'DPDK, C and JavaScript beside the engine, over the same table and keys. Who answers wrongly is refused; exit code 1 then.',
    'table',
    'kinds',
    'peers',
    'keys',
    'unsummed',
  ],
};

function optionLines(options: readonly Option[]): string {
  return options
    .map((option) => `  ${OPTION_TEXTS[option][0].padEnd(16)}  ${OPTION_TEXTS[option][1]}`)
    .join('\n');
}

/** Of some suites, or of none: of all. */
export function usageOf(names: readonly string[]): string {
  return names.length === 0 ? usage() : names.map(suiteUsage).join('\n\n');
}

function usage(): string {
  const suites = [...SUITES, { name: IDEAS, isOptional: true }].map(
    ({ name, isOptional }) =>
      `  ${(isOptional === true ? `[${name}]` : name).padEnd(16)}  ${ABOUT[name]?.[0] ?? ''}`,
  );
  return `npm run bench -- [SUITE...] [OPTION...]
npm run bench -- SUITE --help

Without a SUITE, all but those in brackets:

${suites.join('\n')}

${optionLines(Object.keys(OPTION_TEXTS) as Option[])}

A contender with a wrong answer is refused and told, not timed; the exit code is 1 then.

for example: npm run bench -- forward --rounds 5 --json forward.json`;
}

function suiteUsage(name: string): string {
  const [about, ...options] = ABOUT[name] ?? [''];
  return `npm run bench -- ${name} [OPTION...]

${about}

${optionLines(['rounds', ...options, 'seed', 'json'])}`;
}
