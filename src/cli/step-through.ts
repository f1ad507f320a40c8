/** A run told one packet at a time, at the pace of whoever reads it. */
import { createInterface } from 'node:readline';
import type { NetworkRecord } from '../sim/record.ts';
import type { CliIo } from './io.ts';
import { paintFor } from './render/paint.ts';
import { endLine, expectationLines } from './render/run.ts';
import { packetTeller } from './render/story.ts';
import { plural, shortTime } from './render/table.ts';
import { headerLines } from './render/topology.ts';
import type { PacketReport, RunReport } from './run-report.ts';

export interface StepSettings {
  /** Upkeep as well. */
  readonly showAll: boolean;
  /** As `pxtr lab shell` takes it. */
  readonly scenario: string;
}

/** A packet, with what the consoles had said before it. */
interface Step {
  readonly consoles: readonly string[];
  readonly packet?: PacketReport;
}

/** Returns whether it was told to its end, with what had been expected. */
export async function stepThrough(
  records: readonly NetworkRecord[],
  report: RunReport,
  { showAll, scenario }: StepSettings,
  io: CliIo,
): Promise<boolean> {
  const paint = paintFor(io.colors);
  const packets = report.packets.filter(({ number }) => number !== undefined || showAll);
  const { tell } = packetTeller(packets, paint);
  const steps = stepsOf(records, packets);
  const print = (lines: readonly string[]): void => {
    if (lines.length > 0) io.out(`${lines.join('\n')}\n`);
  };
  const { terminal, input = terminal?.input } = io;
  print([
    ...headerLines(report, paint),
    '',
    `${plural(packets.length, 'packet')}. ${paint.dim('Enter: the next one, a number: so many, c: the rest, q: stop.')}`,
  ]);
  const reader =
    input === undefined
      ? undefined
      : createInterface({ input, crlfDelay: Infinity, ...(terminal === undefined ? {} : terminal) });
  const lines = reader?.[Symbol.asyncIterator]();
  let told = 0;
  let owed = 0;
  try {
    for (const { consoles, packet } of steps) {
      while (owed === 0 && packet !== undefined) {
        if (terminal !== undefined) {
          reader?.setPrompt(paint.dim(`[${told} of ${packets.length}] `));
          reader?.prompt();
        }
        const line = await lines?.next();
        // Who closes a terminal leaves; a pipe that ends has no more wishes.
        const wish = line?.done === false ? line.value.trim() : terminal === undefined ? 'c' : 'q';
        if (/^(q|quit|exit)$/.test(wish)) {
          print(stopLines(steps[told]!.packet!, scenario));
          return false;
        }
        owed = wishFor(wish);
        if (owed === 0) print([`% ${wish} is none of: Enter, a number, c, q`]);
      }
      print(consoles);
      if (packet === undefined) continue;
      print(tell(packet));
      told++;
      owed--;
    }
  } finally {
    reader?.close();
    // Whoever writes into the pipe may not be through: the run is.
    if (terminal === undefined) io.input?.destroy();
  }
  print(['', ...expectationLines(report.expectations, paint), endLine(report, paint)]);
  return true;
}

/** How many packets a line asks for; 0 when it is none of the wishes. */
function wishFor(line: string): number {
  if (line === '' || line === 'n') return 1;
  if (line === 'c') return Infinity;
  return /^[1-9][0-9]{0,8}$/.test(line) ? Number(line) : 0;
}

function stopLines(next: PacketReport, scenario: string): string[] {
  const which = next.number === undefined ? 'a packet' : `packet ${next.number}`;
  return [
    `stopped before ${which}, at ${shortTime(next.time)} s; the lab as it was then:`,
    `  pxtr lab shell ${scenario} --steps --at ${shortTime(next.time)}s`,
  ];
}

/** In the order in which it all happened; the last step is what consoles said after the last packet. */
function stepsOf(records: readonly NetworkRecord[], packets: readonly PacketReport[]): Step[] {
  const told = new Map(packets.map((packet) => [packet.frame, packet]));
  const steps: Step[] = [];
  let consoles: string[] = [];
  for (const record of records) {
    if (record.kind === 'typed') consoles.push(`${record.node}${record.prompt}${record.text}`);
    else if (record.kind === 'console') consoles.push(record.text);
    else if (record.kind === 'frame') {
      const packet = told.get(record.frame.number);
      if (packet === undefined) continue;
      steps.push({ consoles, packet });
      consoles = [];
    }
  }
  return [...steps, { consoles }];
}
