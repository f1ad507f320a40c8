import { readFileSync, writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Micros } from '../../base/time.ts';
import type { Lab } from '../../sim/lab.ts';
import { labGraph } from '../../sim/lab-graph.ts';
import { loadExpectations } from '../../sim/lab-expect-file.ts';
import type { LabFile } from '../../sim/lab-file.ts';
import { ladder } from '../../sim/narrate.ts';
import { ladderSvg } from '../../sim/draw/ladder-svg.ts';
import { topologySvg } from '../../sim/draw/topology-svg.ts';
import { failureText } from '../failure-text.ts';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { ladderStory } from '../lab-picture.ts';
import { labReport } from '../lab-report.ts';
import { makeLab, openScenario, showErrors } from '../open-lab.ts';
import { parseSeed, parseTime } from '../parse-flags.ts';
import { paintFor } from '../render/paint.ts';
import { runLines, type RunTextOptions } from '../render/run.ts';
import { runPage } from '../render/run-page.ts';
import { PAGE_COLUMNS, plural } from '../render/table.ts';
import { neighbourOrder } from '../render/topology.ts';
import type { RunReport } from '../run-report.ts';
import { stepThrough } from '../step-through.ts';

interface RunFlags {
  readonly pcap?: string;
  readonly html?: string;
  readonly events?: string;
  readonly assert?: string;
  readonly step?: true;
  readonly seed: number;
  readonly json?: true;
  readonly until?: Micros;
  readonly model?: true;
  readonly all?: true;
}

const STDOUT = '-';

/** Adds `pxtr lab run`. */
export function registerLabRun(lab: Command, io: CliIo, state: ExitState): void {
  lab
    .command('run')
    .description('run a scenario: its packets with reasons, consoles, and whether it went as expected')
    .argument('<scenario>', 'a built-in scenario (pxtr lab list) or a folder with a lab.yaml')
    .option('--step', 'one packet at a time: Enter tells the next one')
    .option('--assert <file>', 'expect this as well: a YAML list, such as "- { ping: 1, at-least: 80 }"')
    .option('--html <file>', 'write a page of the run: network, packets, consoles, what was expected')
    .option('--events <file>', 'write the event log, one line each, - for standard output')
    .option('--pcap <file>', 'write every packet to a pcapng file, - for standard output')
    .option('--seed <number>', 'seed of nonces and losses', parseSeed, 1)
    .option(
      '--until <time>',
      'stop early, at 30s, 1500ms, 2m; what the lab.yaml expects is left out',
      parseTime,
    )
    .option('--json', 'one JSON document instead of text')
    .option('--all', 'every packet: registration and other upkeep, and rounds that repeat')
    .option('--model', 'the plain TypeScript data plane instead of the WASM engine')
    .addHelpText(
      'after',
      '\nExit codes: 0 as expected, 1 failed, 2 usage, 3 an expectation does not hold.\n\n' +
        'Examples:\n  pxtr lab run pxtr\n  pxtr lab run two-sites --pcap two-sites.pcapng\n' +
        '  pxtr lab run pxtr --json | jq .pings\n  pxtr lab run pxtr --step\n' +
        '  pxtr lab run pxtr --html pxtr.html --events pxtr.log\n' +
        '  pxtr lab run pxtr --assert more.yaml',
    )
    .action(async (scenario: string, flags: RunFlags) => {
      state.code = await runLab(scenario, flags, io);
    });
}

async function runLab(scenario: string, flags: RunFlags, io: CliIo): Promise<number> {
  refuseTwoOutputs(flags);
  const { folder, file: whole } = openScenario(scenario);
  const until = flags.until ?? whole.until;
  const isComplete = until >= whole.until;
  const file = withExpectations(whole, isComplete, flags.assert);
  const dataPlane = flags.model === true ? 'model' : 'engine';
  const lab = makeLab(file, { seed: flags.seed, dataPlane });
  const report = labReport(lab, lab.run(until), { dataPlane, isComplete });
  if (flags.pcap !== undefined) {
    const about = `${plural(report.end.frames, 'frame')}, one interface per link, reasons as comments`;
    const opened = `open it with: wireshark ${flags.pcap}, or pxtr decode ${flags.pcap}`;
    write(flags.pcap, lab.capture(), `${about}\n${opened}`, io);
  }
  if (flags.events !== undefined) {
    const lines = lab.log();
    write(flags.events, `${lines.join('\n')}\n`, plural(lines.length, 'line'), io);
  }
  if (flags.html !== undefined) write(flags.html, page(lab, report), 'one page that needs no other file', io);
  if (flags.json === true) io.out(`${JSON.stringify(report, undefined, 2)}\n`);
  else if (flags.step === true) {
    const isAt = folder.name === scenario ? scenario : folder.path;
    return (await stepThrough(
      lab.timeline.records,
      report,
      { showAll: flags.all === true, scenario: isAt },
      io,
    ))
      ? codeOf(report)
      : EXIT.ok;
  } else if (![flags.pcap, flags.events, flags.html].includes(STDOUT)) {
    const text = runLines(
      report,
      { showAll: flags.all === true, drawLadder: ladderOf(lab, report) },
      paintFor(io.colors),
    );
    io.out(`${text.join('\n')}\n`);
  }
  return codeOf(report);
}

function codeOf({ passed }: RunReport): number {
  return passed ? EXIT.ok : EXIT.assertion;
}

/** Standard output is one document. */
function refuseTwoOutputs(flags: RunFlags): void {
  const takers = [
    ...(flags.json === true ? ['--json'] : []),
    ...(flags.step === true ? ['--step'] : []),
    ...(['pcap', 'events', 'html'] as const)
      .filter((name) => flags[name] === STDOUT)
      .map((name) => `--${name} -`),
  ];
  const [one, other] = takers;
  if (one === undefined || other === undefined) return;
  throw new CliError(
    `${one} and ${other} both want standard output`,
    EXIT.usage,
    one.endsWith(' -') || other.endsWith(' -') ? 'Name a file for one of them.' : 'Leave one of them out.',
  );
}

/** What the lab expects of a whole run, and what a file of `--assert` expects of this one. */
function withExpectations(file: LabFile, isComplete: boolean, path: string | undefined): LabFile {
  const own = isComplete ? file.expectations : [];
  return { ...file, expectations: [...own, ...(path === undefined ? [] : readAssertions(path, file))] };
}

function readAssertions(path: string, { nodes }: LabFile): LabFile['expectations'] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (problem) {
    throw new CliError(`cannot read ${path}: ${failureText(problem)}`, EXIT.usage);
  }
  const read = loadExpectations(path, text, nodes);
  if (read.ok) return read.value;
  throw new CliError(
    `${path} is no list of expectations`,
    EXIT.failed,
    showErrors(read.error, new Map([[path, text]])),
  );
}

function ladderOf(lab: Lab, { nodes, links }: RunReport): RunTextOptions['drawLadder'] {
  const names = neighbourOrder(nodes, links);
  return (frames) => {
    const story = lab.story().filter(({ frame }) => frames.has(frame.number));
    return ladder(story, names, { showUpkeep: true, width: PAGE_COLUMNS });
  };
}

function page(lab: Lab, report: RunReport): string {
  return runPage(report, {
    topology: topologySvg(labGraph(lab.file)),
    ladder: ladderSvg(ladderStory(lab, false)),
    log: lab.log(),
  });
}

function write(path: string, content: string | Uint8Array, about: string, io: CliIo): void {
  if (path === STDOUT) {
    io.out(content);
    return;
  }
  try {
    writeFileSync(path, content);
  } catch (problem) {
    throw new CliError(`cannot write ${path}: ${failureText(problem)}`, EXIT.failed);
  }
  // Not on standard output, where a JSON document may go.
  io.err(`wrote ${path}: ${about}\n`);
}
