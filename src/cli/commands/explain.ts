import { Option, type Command } from 'commander';
import { formatIp } from '../../base/ip-text.ts';
import { seconds, type Micros } from '../../base/time.ts';
import type { Lab } from '../../sim/lab.ts';
import type { LabFile } from '../../sim/lab-file.ts';
import { formatTime } from '../../sim/log.ts';
import { explainReport } from '../explain-report.ts';
import { lookupAt, readQuestion, walkNetworkOf } from '../explain-lab.ts';
import type { CliIo } from '../io.ts';
import { makeLab, openScenario } from '../open-lab.ts';
import { walkPacket } from '../packet-walk.ts';
import { explainLines } from '../render/explain.ts';
import { paintFor } from '../render/paint.ts';
import { shortTime } from '../render/table.ts';
import { parseSeed } from '../parse-flags.ts';

interface ExplainFlags {
  readonly from: string;
  readonly to: string;
  readonly source?: string;
  readonly after: 'cold' | 'run';
  readonly seed: number;
  readonly json?: true;
}

/** Adds `pxtr explain`. */
export function registerExplain(program: Command, io: CliIo): void {
  program
    .command('explain')
    .description('what each router would do with a packet, phase by phase, and by which rule')
    .argument('<scenario>', 'a built-in scenario (pxtr lab list) or a folder with a lab.yaml')
    .requiredOption('--from <node>', 'the node that sends an ICMP echo request')
    .requiredOption('--to <address>', 'its destination; a node stands for its EID or loopback')
    .option('--source <address>', 'its source, or an interface of the node (default: its EID, else loopback)')
    .addOption(
      new Option('--after <state>', 'cold: sites registered, nothing looked up; run: after the scenario')
        .choices(['cold', 'run'])
        .default('cold'),
    )
    .option('--seed <number>', 'seed of nonces and losses', parseSeed, 1)
    .option('--json', 'one JSON document instead of text')
    .addHelpText(
      'after',
      '\nExamples:\n  pxtr explain pxtr --from lisp1 --to 4.4.4.4\n' +
        '  pxtr explain pxtr --from outsideworld --to 192.168.1.1 --after run',
    )
    .action((scenario: string, flags: ExplainFlags) => explain(scenario, flags, io));
}

function explain(scenario: string, flags: ExplainFlags, io: CliIo): void {
  const { file } = openScenario(scenario);
  const question = readQuestion(file, flags.from, flags.to, flags.source);
  const lab = labAfter(file, flags);
  const walk = walkPacket(walkNetworkOf(lab), question.from, question.packet);
  const lookup = lookupAt(lab, question, walk.ending);
  if (flags.json === true) {
    const report = explainReport({
      lab,
      after: flags.after,
      question,
      walk,
      ...(lookup === undefined ? {} : { lookup }),
    });
    io.out(`${JSON.stringify(report, undefined, 2)}\n`);
    return;
  }
  const text = explainLines(
    {
      title: `${file.name}: ${question.from} sends an echo request, ${formatIp(question.source)} > ${formatIp(question.destination)}`,
      state: stateText(flags.after, lab.now),
      walk,
      ...(lookup === undefined ? {} : { lookup }),
    },
    paintFor(io.colors),
  );
  io.out(`${text.join('\n')}\n`);
}

/** Sites have registered by then, and their caches are empty. */
const COLD_TIME: Micros = seconds(10);

function labAfter(file: LabFile, { after, seed }: ExplainFlags): Lab {
  // The engine's answers come from the model anyway: explain is a walk through tables.
  const options = { seed, dataPlane: 'model' } as const;
  if (after === 'run') {
    const lab = makeLab(file, options);
    lab.run();
    return lab;
  }
  const first = file.steps.findIndex(({ action }) => action.kind === 'command' || action.kind === 'ping');
  const before = first < 0 ? file.steps : file.steps.slice(0, first);
  const lab = makeLab({ ...file, steps: before }, options);
  lab.run(Math.min(COLD_TIME, file.steps[first]?.at ?? COLD_TIME));
  return lab;
}

function stateText(after: ExplainFlags['after'], now: Micros): string {
  return after === 'run'
    ? `as things stand after the run, at ${shortTime(formatTime(now))} s`
    : `cold: registered, nothing looked up yet, at ${shortTime(formatTime(now))} s`;
}
