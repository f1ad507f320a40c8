import { Option, type Command } from 'commander';
import { parsePrefix } from '../../base/ip-text.ts';
import {
  detectFormat,
  IMPORT_FORMATS,
  importConfig,
  renderImported,
  type ImportFormat,
} from '../../import/import.ts';
import type { ImportError } from '../../import/imported.ts';
import { normaliseInterface } from '../../ios/interface-name.ts';
import { nearest } from '../../ios/nearest.ts';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { nameOfInput, readBytes } from '../packet-input.ts';
import { paintFor } from '../render/paint.ts';
import { plural } from '../render/table.ts';

interface ImportFlags {
  readonly hostname: string;
  readonly address: readonly string[];
  readonly interface: readonly string[];
  readonly strict?: true;
  readonly json?: true;
}

/** Adds `pxtr import`. Exit codes: 0 imported, 1 malformed, 2 usage, 3 with --strict: something has no equivalent. */
export function registerImport(program: Command, io: CliIo, state: ExitState): void {
  const collect = (text: string, before: readonly string[]): readonly string[] => [...before, text];
  program
    .command('import')
    .description("print another LISP system's configuration in IOS form, and what has no equivalent")
    .argument('<format>', 'oor (oor.conf), vpp (lines of its CLI), odl (RESTCONF JSON), or auto')
    .argument('<file>', 'the configuration, - for standard input')
    .option('--hostname <name>', 'name of the router', 'Router')
    .addOption(
      new Option('--address <name=prefix>', 'an address of an interface, such as eth0=10.0.1.2/30')
        .argParser(collect)
        .default([], 'none'),
    )
    .addOption(
      new Option('--interface <name=name>', 'what an interface is to be called, such as eth0=FastEthernet0/0')
        .argParser(collect)
        .default([], 'near ones'),
    )
    .option('--strict', 'exit with 3 when something has no equivalent')
    .option('--json', 'one JSON document instead of text')
    .addHelpText(
      'after',
      '\nExit codes: 0 imported, 1 malformed input, 2 usage, 3 with --strict: something has no equivalent.\n\n' +
        'Examples:\n  pxtr import oor oor.conf --address eth0=10.0.1.2/30\n' +
        '  pxtr import auto setup.vpp --hostname xtr1 --json',
    )
    .action(async (format: string, file: string, flags: ImportFlags) => {
      state.code = await runImport(format, file, flags, io);
    });
}

async function runImport(formatText: string, path: string, flags: ImportFlags, io: CliIo): Promise<number> {
  checkFormat(formatText);
  const text = new TextDecoder().decode(await readBytes(path, io));
  if (text.trim() === '') throw new CliError(`${nameOfInput(path)} is empty`, EXIT.usage);
  const format = chooseFormat(formatText, text, path, io);
  const addresses = new Map<string, string[]>();
  for (const [name, address] of pairs(flags.address, '--address')) {
    if (parsePrefix(address) === undefined)
      throw new CliError(
        `${address} is no interface address`,
        EXIT.usage,
        'for example: --address eth0=10.0.1.2/30',
      );
    addresses.set(name, [...(addresses.get(name) ?? []), address]);
  }
  const interfaces = new Map<string, string>();
  for (const [name, wanted] of pairs(flags.interface, '--interface')) {
    const full = normaliseInterface(wanted);
    if (full === undefined)
      throw new CliError(
        `${wanted} is no interface name`,
        EXIT.usage,
        'for example: --interface eth0=FastEthernet0/0',
      );
    interfaces.set(name, full);
  }
  const imported = importConfig(format, text, { hostname: flags.hostname, addresses, interfaces });
  if (!imported.ok) {
    if (flags.json === true) io.out(`${JSON.stringify({ format, errors: imported.error }, undefined, 2)}\n`);
    throw new CliError(
      `${nameOfInput(path)} is not right\n${imported.error.map((each) => errorText(each, text)).join('\n')}`,
      EXIT.failed,
    );
  }
  const { options, remarks } = imported.value;
  const config = renderImported(imported.value);
  io.out(
    flags.json === true ? `${JSON.stringify({ format, remarks, config, options }, undefined, 2)}\n` : config,
  );
  const lost = remarks.filter(({ kind }) => kind === 'no-equivalent').length;
  if (flags.json !== true && remarks.length > 0) {
    const paint = paintFor(io.colors);
    io.err(
      paint.warn(
        `${plural(remarks.length, 'remark')}, ${lost} without an equivalent: at the top, as comments`,
      ) + '\n',
    );
  }
  return flags.strict === true && lost > 0 ? EXIT.assertion : EXIT.ok;
}

/** Before the file is read: its name may stand where the format should. */
function checkFormat(name: string): void {
  const formats = [...IMPORT_FORMATS, 'auto'];
  if (formats.includes(name)) return;
  const meant = nearest(name, formats);
  throw new CliError(
    `there is no format ${name}${meant === undefined ? '' : ` - did you mean ${meant}?`}`,
    EXIT.usage,
    `Formats: ${formats.join(', ')}`,
  );
}

function chooseFormat(name: string, text: string, path: string, io: CliIo): ImportFormat {
  const known = IMPORT_FORMATS.find((each) => each === name);
  if (known !== undefined) return known;
  const found = detectFormat(text);
  if (found !== undefined) {
    io.err(`read as ${found.format}: ${found.why}\n`);
    return found.format;
  }
  throw new CliError(
    `${nameOfInput(path)} looks like no format that is known`,
    EXIT.usage,
    `Name one: ${IMPORT_FORMATS.join(', ')}`,
  );
}

function pairs(texts: readonly string[], flag: string): [string, string][] {
  return texts.map((text) => {
    const at = text.indexOf('=');
    if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
    throw new CliError(`${flag} ${text} has no "="`, EXIT.usage, `for example: ${flag} eth0=...`);
  });
}

/** The line with a caret, as mistakes of our own configurations are told; of a long line, what is around it. */
function errorText({ line, column, message, hint }: ImportError, text: string): string {
  const content = (text.split('\n')[line - 1] ?? '').replace(/\t/g, ' ').trimEnd();
  const from = content.length > MOST_SHOWN ? Math.max(0, column - 1 - MOST_SHOWN / 2) : 0;
  const shown = content.slice(from, from + MOST_SHOWN);
  const before = from > 0 ? '...' : '';
  const after = from + MOST_SHOWN < content.length ? '...' : '';
  return [
    line === 0 ? message : `line ${line}, column ${column}: ${message}`,
    ...(line === 0
      ? []
      : [`  ${before}${shown}${after}`, `  ${' '.repeat(before.length + column - 1 - from)}^`]),
    ...(hint === '' ? [] : [`  ${hint}`]),
  ].join('\n');
}

/** Letters of a line. RESTCONF answers are often one line of thousands. */
const MOST_SHOWN = 90;
