import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { formatWireError } from '../../wire/error.ts';
import { decodeReport } from '../decode-report.ts';

const EXIT_MALFORMED = 1;
const EXIT_USAGE = 2;
const STDIN = 0;

interface DecodeFlags {
  readonly json?: boolean;
  readonly tree?: boolean;
}

/** Adds `pxtr decode`. Exit codes: 0 every frame decodes, 1 some are malformed or the file ends early, 2 no such capture. */
export function registerDecode(program: Command): void {
  program
    .command('decode')
    .description('list the packets of a capture: IP, UDP, ICMP and LISP down to records and locators')
    .argument('<pcap>', 'pcap or pcapng file, - for standard input')
    .option('--tree', 'every field of every layer with its byte range')
    .option('--json', 'an array with one object per frame')
    .action((path: string, flags: DecodeFlags) => {
      runDecode(path, flags);
    });
}

function runDecode(path: string, flags: DecodeFlags): void {
  const name = path === '-' ? 'standard input' : path;
  let file: Uint8Array;
  try {
    file = readFileSync(path === '-' ? STDIN : path);
  } catch (problem) {
    refuse(`cannot read ${name}: ${problem instanceof Error ? problem.message : String(problem)}`);
    return;
  }
  const report = decodeReport(file, { tree: flags.tree === true });
  if (!report.ok) {
    refuse(`${name} is not a pcap or pcapng file: ${formatWireError(report.error)}`);
    return;
  }
  const { text, json, malformedCount, fileError } = report.value;
  process.stdout.write(`${flags.json === true ? JSON.stringify(json, undefined, 2) : text}\n`);
  if (flags.json === true && fileError !== undefined) {
    process.stderr.write(`pxtr decode: ${name} ends early: ${formatWireError(fileError)}\n`);
  }
  if (malformedCount > 0 || fileError !== undefined) process.exitCode = EXIT_MALFORMED;
}

function refuse(message: string): void {
  process.stderr.write(`pxtr decode: ${message}\n`);
  process.exitCode = EXIT_USAGE;
}
