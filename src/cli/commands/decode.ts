import { existsSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { formatWireError } from '../../wire/error.ts';
import type { Severity } from '../../wire/expert.ts';
import { FIELD_TABLE, SEVERITY_WORDS } from '../../wire/field-table.ts';
import { decodeReport } from '../decode-report.ts';
import { displayFilter, fieldLines } from '../display-filter.ts';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { nameOfInput, openPackets, parseFrameNumbers } from '../packet-input.ts';
import { paintFor } from '../render/paint.ts';

interface DecodeFlags {
  readonly filter?: string;
  readonly frames?: (frame: number) => boolean;
  readonly tree?: true;
  readonly hex?: true;
  readonly expert?: Severity | Packets | true;
  readonly fields?: true;
  readonly json?: true;
}

/** What stood in the place of a severity: the word is optional there, and takes what follows. */
interface Packets {
  readonly packets: string;
}

/** Adds `pxtr decode`. Exit codes: 0 every frame decodes, 1 some are malformed or the file ends early, 2 no such capture. */
export function registerDecode(program: Command, io: CliIo, state: ExitState): void {
  program
    .command('decode')
    .description('list the packets of a capture: IP, UDP, ICMP and LISP down to records and locators')
    .argument(
      '[packets]',
      'pcap or pcapng file, hexadecimal text in a file or as the argument, - for standard input',
    )
    .option(
      '--filter <expression>',
      "frames that fit, such as 'lisp.type == map-request && link == lisp1-mapserver'",
    )
    .option('--frames <numbers>', 'frames by number, such as 3,5-9', readNumbers)
    .option('--tree', 'every field of every layer with its byte range')
    .option('--hex', 'the bytes of each frame, headers in colours')
    .option(
      '--expert [severity]',
      'what is odd: chat, note, warn or error and worse (default note)',
      readSeverity,
    )
    .option('--fields', 'list the fields that filters know')
    .option('--json', 'an array with one object per frame')
    .addHelpText(
      'after',
      '\nExit codes: 0 every frame decodes, 1 some are malformed or the file ends early, 2 usage.\n\n' +
        'Examples:\n  pxtr lab run pxtr --pcap pxtr.pcapng && pxtr decode pxtr.pcapng\n' +
        "  pxtr decode pxtr.pcapng --filter 'lisp.type == map-reply' --tree --hex\n" +
        '  pxtr decode pxtr.pcapng --expert warn',
    )
    .action(async (path: string | undefined, flags: DecodeFlags) => {
      state.code = await runDecode(path, flags, io);
    });
}

async function runDecode(argument: string | undefined, flags: DecodeFlags, io: CliIo): Promise<number> {
  const paint = paintFor(io.colors);
  if (flags.fields === true) {
    const text =
      flags.json === true ? JSON.stringify(FIELD_TABLE, undefined, 2) : fieldLines(paint.name).join('\n');
    io.out(`${text}\n`);
    return EXIT.ok;
  }
  const { expert, packets } = expertOf(flags);
  if (argument !== undefined && packets !== undefined)
    throw new CliError(
      `--expert takes ${packets} for packets, and ${argument} stands there as well`,
      EXIT.usage,
      `a severity is one of ${SEVERITY_WORDS.join(', ')}`,
    );
  const path = argument ?? packets;
  if (path === undefined)
    throw new CliError('which packets?', EXIT.usage, 'for example: pxtr decode pxtr.pcapng');
  const { frames: numbers } = flags;
  const options = {
    ...(flags.filter === undefined ? {} : { filter: displayFilter(flags.filter) }),
    ...(numbers === undefined ? {} : { numbers }),
    ...(expert === undefined ? {} : { expert }),
    tree: flags.tree === true,
    hex: flags.hex === true,
  };
  const { text, json, malformedCount, fileError } = decodeReport(await openPackets(path, io), options, paint);
  io.out(`${flags.json === true ? JSON.stringify(json, undefined, 2) : text}\n`);
  if (flags.json === true && fileError !== undefined)
    io.err(`pxtr: ${nameOfInput(path)} ends early: ${formatWireError(fileError)}\n`);
  return malformedCount > 0 || fileError !== undefined ? EXIT.failed : EXIT.ok;
}

function readNumbers(text: string): (frame: number) => boolean {
  const numbers = parseFrameNumbers(text);
  if (numbers === undefined) throw new InvalidArgumentError('Frame numbers are expected, such as 3,5-9.');
  return numbers;
}

function readSeverity(text: string): Severity | Packets {
  const found = SEVERITY_WORDS.find((word) => word === text.toLowerCase());
  if (found !== undefined) return found;
  if (text === '-' || existsSync(text)) return { packets: text };
  throw new InvalidArgumentError(
    `One of ${SEVERITY_WORDS.join(', ')} is expected, or packets: a file, or - for standard input.`,
  );
}

function expertOf({ expert }: DecodeFlags): { readonly expert?: Severity; readonly packets?: string } {
  if (expert === undefined) return {};
  if (expert === true) return { expert: 'note' };
  return typeof expert === 'string' ? { expert } : { expert: 'note', packets: expert.packets };
}
