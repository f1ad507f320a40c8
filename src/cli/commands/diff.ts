import type { Command } from 'commander';
import { findField } from '../../wire/field-table.ts';
import { diffFields, diffFrames, type FieldDifference, type FrameDifference } from '../diff-report.ts';
import { displayFilter } from '../display-filter.ts';
import { fieldLookup, type Frame } from '../frames.ts';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { openPackets } from '../packet-input.ts';
import { paintFor, type Paint } from '../render/paint.ts';
import { plural, table } from '../render/table.ts';

interface DiffFlags {
  readonly ignore?: string;
  readonly filter?: string;
  readonly json?: true;
}

/** Adds `pxtr diff`. Exit codes as of diff(1): 0 equal, 1 they differ, 2 usage. */
export function registerDiff(program: Command, io: CliIo, state: ExitState): void {
  program
    .command('diff')
    .description('compare two packets field by field, or two captures frame by frame')
    .argument('<a>', 'a capture, FILE#3 for its third frame, or the hexadecimal digits of a packet')
    .argument('<b>', 'what it is compared with')
    .option('--ignore <fields>', 'fields that may differ, such as lisp.nonce,ip.id')
    .option('--filter <expression>', 'compare the frames that fit')
    .option('--json', 'one JSON document instead of text')
    .addHelpText(
      'after',
      '\nTimes are not compared, nor checksums where something else differs.\n' +
        'Exit codes: 0 equal, 1 they differ, 2 usage.\n\n' +
        'Examples:\n  pxtr diff before.pcapng after.pcapng --ignore lisp.nonce\n' +
        "  pxtr diff 'run.pcapng#5' 'run.pcapng#10'",
    )
    .action(async (a: string, b: string, flags: DiffFlags) => {
      state.code = await runDiff(a, b, flags, io);
    });
}

async function runDiff(a: string, b: string, flags: DiffFlags, io: CliIo): Promise<number> {
  const ignored = ignoredFields(flags.ignore);
  const filter = flags.filter === undefined ? undefined : displayFilter(flags.filter);
  const passes = (frame: Frame): boolean => filter === undefined || filter(fieldLookup(frame));
  const left = (await openFrames(a, io)).filter(passes);
  const right = (await openFrames(b, io)).filter(passes);
  const paint = paintFor(io.colors);
  if (left.length === 1 && right.length === 1) {
    const fields = diffFields(left[0]!, right[0]!, ignored);
    print(io, flags, { fields }, () => packetText(fields, paint));
    return fields.length === 0 ? EXIT.ok : EXIT.failed;
  }
  const frames = diffFrames(left, right, ignored);
  print(io, flags, { frames, left: left.length, right: right.length }, () =>
    captureText(frames, left.length, right.length, paint),
  );
  return frames.length === 0 ? EXIT.ok : EXIT.failed;
}

function print(io: CliIo, flags: DiffFlags, report: unknown, text: () => string[]): void {
  io.out(`${flags.json === true ? JSON.stringify(report, undefined, 2) : text().join('\n')}\n`);
}

/** `FILE#3` is the third frame of a file. */
async function openFrames(path: string, io: CliIo): Promise<readonly Frame[]> {
  const [, file, number] = /^(.+)#([0-9]{1,9})$/.exec(path) ?? [];
  if (file === undefined) return (await openPackets(path, io)).frames;
  const { frames } = await openPackets(file, io);
  const frame = frames[Number(number) - 1];
  if (frame === undefined)
    throw new CliError(
      `${file} has no frame ${number}`,
      EXIT.usage,
      `It has ${plural(frames.length, 'frame')}.`,
    );
  return [frame];
}

function ignoredFields(list: string | undefined): Set<string> {
  const names = (list ?? '').split(',').map((name) => name.trim());
  return new Set(
    names
      .filter((name) => name !== '')
      .map((name) => {
        const field = findField(name);
        if (field === undefined)
          throw new CliError(`there is no field ${name}`, EXIT.usage, '"pxtr decode --fields" lists all');
        return field.name;
      }),
  );
}

function packetText(fields: readonly FieldDifference[], paint: Paint): string[] {
  return fields.length === 0 ? ['The packets are equal.'] : fieldRows(fields, '', paint);
}

function fieldRows(fields: readonly FieldDifference[], indent: string, paint: Paint): string[] {
  const rows = fields.map(({ field, left, right }) => {
    const range = left ?? right!;
    return [field, `[${range.start}..${range.end})`, left?.value ?? '-', `-> ${right?.value ?? '-'}`];
  });
  return table(rows, { indent, styles: [paint.name, paint.dim, paint.bad, paint.good], caps: [28, 12, 34] });
}

function captureText(
  differences: readonly FrameDifference[],
  left: number,
  right: number,
  paint: Paint,
): string[] {
  if (differences.length === 0) return [`Equal: ${plural(left, 'frame')} on both sides.`];
  const lines = differences.flatMap(({ left: a, right: b, fields }) => {
    const line = (sign: string, side: NonNullable<typeof a>): string =>
      `${sign} ${String(side.frame).padStart(4)}  ${side.time}  ${side.interface}  ${side.summary}`;
    if (a !== undefined && b !== undefined)
      return [
        `${line('~', a)}${a.frame === b.frame ? '' : ` (frame ${b.frame})`}`,
        ...fieldRows(fields, '      ', paint),
      ];
    return a === undefined ? [paint.good(line('+', b!))] : [paint.bad(line('-', a))];
  });
  const count = (test: (each: FrameDifference) => boolean): number => differences.filter(test).length;
  const summary =
    `${count((d) => d.left !== undefined && d.right !== undefined)} changed, ` +
    `${count((d) => d.right === undefined)} only in the first, ${count((d) => d.left === undefined)} only in the second ` +
    `(${left} and ${plural(right, 'frame')})`;
  return [...lines, '', summary];
}
