import type { ConsoleReport, ExpectationReport, PacketReport, RunReport } from '../run-report.ts';
import { foldRepeats, repeatText, type Told } from './fold.ts';
import type { Paint } from './paint.ts';
import { storyLines, storyTitle } from './story.ts';
import { PAGE_COLUMNS, plural, shortTime, wrap } from './table.ts';
import { headerLines } from './topology.ts';

export interface RunTextOptions {
  /** Upkeep and repetitions as well. */
  readonly showAll: boolean;
  /** Draws a ladder of the packets with these frame numbers. */
  readonly drawLadder: (frames: ReadonlySet<number>) => readonly string[];
}

/** The whole text of `pxtr lab run`, line by line. */
export function runLines(report: RunReport, { showAll, drawLadder }: RunTextOptions, paint: Paint): string[] {
  const packets = report.packets.filter(({ number }) => number !== undefined || showAll);
  const told: Told[] = showAll ? packets.map((packet) => ({ packet })) : foldRepeats(packets);
  return [
    ...headerLines(report, paint),
    ...warningLines(report.warnings, paint),
    '',
    paint.title(packets.length > 0 ? storyTitle(packets) : nothingTold(report)),
    ...storyLines(told, paint),
    ...(told.length === 0 ? [] : ['', ...ladderLines(told, drawLadder, paint)]),
    ...report.console.flatMap((entry) => ['', ...consoleLines(entry)]),
    '',
    ...expectationLines(report.expectations, paint),
    endLine(report, paint),
  ];
}

function warningLines(warnings: readonly string[], paint: Paint): string[] {
  return warnings.flatMap((warning) =>
    wrap(warning, PAGE_COLUMNS - 9).map(
      (line, i) => `${i === 0 ? paint.warn('warning: ') : ' '.repeat(9)}${line}`,
    ),
  );
}

function nothingTold({ packets }: RunReport): string {
  return packets.length === 0 ? 'No packets' : 'No packets but upkeep: --all shows it';
}

function ladderLines(told: readonly Told[], draw: RunTextOptions['drawLadder'], paint: Paint): string[] {
  const frames = new Set(told.flatMap((each) => ('packet' in each ? [each.packet.frame] : [])));
  const notes = told.flatMap((each) =>
    'repeat' in each ? [paint.dim(`  ... ${repeatText(each.repeat)}`)] : [],
  );
  return [...draw(frames), ...notes];
}

/** A console's transcript: prompt and command as typed, then what was printed, not touched. */
function consoleLines({ prompt, command, output }: ConsoleReport): string[] {
  return [`${prompt}${command}`, ...(output === '' ? [] : output.split('\n'))];
}

/** `✓ ping 1: .!!!! 80 percent`, or `ok`; below a ✗ what was found instead. Packets as expected share a line. */
export function expectationLines(expectations: readonly ExpectationReport[], paint: Paint): string[] {
  const lines: string[] = [];
  for (let i = 0; i < expectations.length; i++) {
    const { passed, subject, expected, actual } = expectations[i]!;
    const run = passedPackets(expectations, i);
    if (run > 1) {
      const [first, last] = [subject, expectations[i + run - 1]!.subject].map((each) =>
        each.replace(/\D+/, ''),
      );
      lines.push(`${paint.good(paint.marks.good)} packets ${first} to ${last}: as expected`);
      i += run - 1;
      continue;
    }
    const mark = passed ? paint.marks.good : paint.marks.bad;
    const style = passed ? paint.good : paint.bad;
    const indent = ' '.repeat(mark.length + 1);
    const said = wrap(`${subject}: ${expected}`, PAGE_COLUMNS - indent.length);
    lines.push(...said.map((line, n) => (n === 0 ? `${style(mark)} ${line}` : indent + line)));
    if (!passed)
      lines.push(
        ...`got: ${actual}`
          .split('\n')
          .map((line, n) => `${indent}${n === 0 ? '' : '     '}${paint.bad(line)}`),
      );
  }
  return lines;
}

/** How many expectations from here on are about packets that follow one another, and hold. */
function passedPackets(expectations: readonly ExpectationReport[], from: number): number {
  const numberAt = (i: number): number => Number(/^packet (\d+)$/.exec(expectations[i]?.subject ?? '')?.[1]);
  const first = numberAt(from);
  let count = 0;
  while (expectations[from + count]?.passed === true && numberAt(from + count) === first + count) count++;
  return count;
}

/** `passed: 31 events in 30.000000 s, 27 packets (4 upkeep), seed 1, log 6cfe685cf8a21a44`. */
export function endLine(
  { end, seed, packets, expectations, complete, passed, dataPlane }: RunReport,
  paint: Paint,
): string {
  const failed = expectations.filter((each) => !each.passed).length;
  const outcome = passed
    ? paint.good(
        expectations.length > 0 ? 'passed' : complete ? 'done' : 'stopped early, expectations not checked',
      )
    : paint.bad(`${failed} of ${plural(expectations.length, 'expectation')} failed`);
  const upkeep = packets.filter(isUpkeep).length;
  const facts = [
    `${plural(end.events, 'event')} in ${shortTime(end.time)} s`,
    `${plural(end.frames, 'packet')}${upkeep === 0 ? '' : ` (${upkeep} upkeep)`}`,
    ...(dataPlane === 'model' ? ['model data plane'] : []),
    `seed ${seed}`,
    `log ${end.logHash}`,
  ];
  return `${outcome}: ${facts.join(', ')}`;
}

function isUpkeep({ number }: PacketReport): boolean {
  return number === undefined;
}
