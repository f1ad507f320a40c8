import type { Command } from 'commander';
import type { CliIo, ExitState } from '../io.ts';
import { registerFibImport } from './fib-import.ts';
import { registerFibLookup } from './fib-lookup.ts';
import { registerFibStats } from './fib-stats.ts';

/** Adds `pxtr fib` and its subcommands. */
export function registerFib(program: Command, io: CliIo, _state: ExitState): void {
  const fib = program
    .command('fib')
    .description('tables of prefixes: read, measured, looked up')
    .addHelpText('after', '\nExample:\n  pxtr fib lookup table.txt 192.0.2.1 --explain');
  registerFibImport(fib, io);
  registerFibStats(fib, io);
  registerFibLookup(fib, io);
}
