import type { Command } from 'commander';
import type { CliIo, ExitState } from '../io.ts';
import { registerFibImport } from './fib-import.ts';

/** Adds `pxtr fib` and its subcommands. */
export function registerFib(program: Command, io: CliIo, _state: ExitState): void {
  const fib = program
    .command('fib')
    .description('tables of prefixes: read, measured, looked up')
    .addHelpText('after', '\nExample:\n  pxtr fib import table.txt');
  registerFibImport(fib, io);
}
