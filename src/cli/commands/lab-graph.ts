import { writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Command } from 'commander';
import type { Micros } from '../../base/time.ts';
import { topologyDot } from '../../sim/draw/topology-dot.ts';
import { topologyMermaid } from '../../sim/draw/mermaid.ts';
import { topologySvg } from '../../sim/draw/topology-svg.ts';
import { labGraph } from '../../sim/lab-graph.ts';
import { failureText } from '../failure-text.ts';
import { CliError, EXIT, type CliIo } from '../io.ts';
import { drawLadder, graphReport, ladderReport, ladderStory } from '../lab-picture.ts';
import { makeLab, openScenario } from '../open-lab.ts';
import { parseSeed, parseTime } from '../parse-flags.ts';

type Format = 'svg' | 'mermaid' | 'dot' | 'json';

interface GraphFlags {
  readonly svg?: true;
  readonly mermaid?: true;
  readonly dot?: true;
  readonly json?: true;
  readonly ladder?: true;
  readonly out?: string;
  readonly all?: true;
  readonly seed: number;
  readonly until?: Micros;
}

const FORMATS: readonly Format[] = ['svg', 'mermaid', 'dot', 'json'];
const BY_EXTENSION: Readonly<Record<string, Format>> = {
  '.svg': 'svg',
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.dot': 'dot',
  '.gv': 'dot',
  '.json': 'json',
};

/** Adds `pxtr lab graph`. */
export function registerLabGraph(lab: Command, io: CliIo): void {
  lab
    .command('graph')
    .description('draw a scenario: its network, or with --ladder the packets of its run')
    .argument('<scenario>', 'a built-in scenario (pxtr lab list) or a folder with a lab.yaml')
    .option('--svg', 'SVG (the default): self-contained, light and dark, reasons as tooltips')
    .option('--mermaid', 'Mermaid: flowchart, or sequence diagram with --ladder')
    .option('--dot', 'the language of Graphviz, which makes PNG and PDF of it')
    .option('--json', 'what is drawn, as data')
    .option('--ladder', 'run it, and draw its packets as a sequence diagram')
    .option('--out <file>', 'write a file; .svg, .mmd, .dot or .json choose the format')
    .option('--all', 'with --ladder: upkeep, and rounds that repeat, as well')
    .option('--seed <number>', 'with --ladder: seed of nonces and losses', parseSeed, 1)
    .option('--until <time>', 'with --ladder: stop early, at 30s, 1500ms, 2m', parseTime)
    .addHelpText(
      'after',
      '\nExit codes: 0 drawn, 1 failed, 2 usage.\n\n' +
        'Examples:\n  pxtr lab graph pxtr --out pxtr.svg\n  pxtr lab graph pxtr --ladder --out ladder.svg\n' +
        '  pxtr lab graph pxtr --dot | dot -Tpng -o pxtr.png\n  pxtr lab graph two-sites --ladder --mermaid',
    )
    .action((scenario: string, flags: GraphFlags) => graph(scenario, flags, io));
}

function graph(scenario: string, flags: GraphFlags, io: CliIo): void {
  const format = formatOf(flags);
  const text = flags.ladder === true ? ladderText(scenario, flags, format) : networkText(scenario, format);
  if (flags.out === undefined || flags.out === '-') {
    io.out(text);
    return;
  }
  try {
    writeFileSync(flags.out, text);
  } catch (problem) {
    throw new CliError(`cannot write ${flags.out}: ${failureText(problem)}`, EXIT.failed);
  }
  io.err(`wrote ${flags.out}\n`);
}

function formatOf(flags: GraphFlags): Format {
  const [wanted, another] = FORMATS.filter((format) => flags[format] === true);
  if (another !== undefined) {
    throw new CliError(`--${wanted!} and --${another} are two formats`, EXIT.usage, 'Choose one of them.');
  }
  const { out = '' } = flags;
  const extension = extname(out).toLowerCase();
  const named = BY_EXTENSION[extension];
  if (wanted === undefined) {
    if (named === undefined && extension !== '') throw unknownFormat(out, extension);
    return named ?? 'svg';
  }
  if (named !== undefined && named !== wanted) {
    const hint = `Give the file another ending, or leave --${wanted} out: the ending chooses the format.`;
    throw new CliError(`--${wanted} does not go with ${out}, which would be ${named}`, EXIT.usage, hint);
  }
  // Any other text file may hold it, a Markdown page for one.
  if (PICTURES.includes(extension)) throw unknownFormat(out, extension);
  return wanted;
}

/** Formats that look like a drawing's, and are none that is written. */
const PICTURES: readonly string[] = ['.png', '.jpg', '.jpeg', '.gif', '.webp', '.bmp', '.pdf', '.ps', '.eps'];

function unknownFormat(out: string, extension: string): CliError {
  const hint = PICTURES.includes(extension)
    ? `Graphviz makes one: pxtr lab graph SCENARIO --dot | dot -T${extension.slice(1)} -o ${out}`
    : 'Or say which: --svg, --mermaid, --dot or --json.';
  return new CliError(
    `no format is known by the ending of ${out}: ${Object.keys(BY_EXTENSION).join(', ')}`,
    EXIT.usage,
    hint,
  );
}

function networkText(scenario: string, format: Format): string {
  const drawn = labGraph(openScenario(scenario).file);
  switch (format) {
    case 'svg':
      return topologySvg(drawn);
    case 'mermaid':
      return topologyMermaid(drawn);
    case 'dot':
      return topologyDot(drawn);
    case 'json':
      return `${JSON.stringify(graphReport(drawn), undefined, 2)}\n`;
  }
}

function ladderText(scenario: string, { seed, until, all }: GraphFlags, format: Format): string {
  const { file } = openScenario(scenario);
  const lab = makeLab(file, { seed, dataPlane: 'engine' });
  lab.run(until ?? file.until);
  const story = ladderStory(lab, all === true);
  if (format === 'json') return `${JSON.stringify(ladderReport(story), undefined, 2)}\n`;
  return drawLadder(story, format);
}
