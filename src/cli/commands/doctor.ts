import type { Command } from 'commander';
import { runChecks, type Check } from '../doctor-checks.ts';
import { EXIT, type CliIo, type ExitState } from '../io.ts';
import { paintFor, type Paint } from '../render/paint.ts';
import { table } from '../render/table.ts';

/** Adds `pxtr doctor`. Exit codes: 0 what is needed is there, 1 something is broken. */
export function registerDoctor(program: Command, io: CliIo, state: ExitState): void {
  program
    .command('doctor')
    .description('look whether everything is there that pxtr needs or can use')
    .option('--json', 'one JSON document instead of text')
    .addHelpText(
      'after',
      '\nExit codes: 0 what is needed is there, 1 something that is needed is broken.\n\nExample:\n  pxtr doctor',
    )
    .action((flags: { readonly json?: true }) => {
      const checks = runChecks(process.env);
      const isWell = checks.every((check) => check.state !== 'failed');
      const text =
        flags.json === true
          ? JSON.stringify({ ok: isWell, checks }, undefined, 2)
          : checkLines(checks, paintFor(io.colors)).join('\n');
      io.out(`${text}\n`);
      state.code = isWell ? EXIT.ok : EXIT.failed;
    });
}

/** By what the marks of the other commands are called. */
const MARKS = { ok: 'good', missing: 'none', failed: 'bad' } as const;

function checkLines(checks: readonly Check[], paint: Paint): string[] {
  const rows = checks.map(({ name, state, detail, hint }) => [
    paint.marks[MARKS[state]],
    name,
    hint === undefined ? detail : `${detail} (${hint})`,
  ]);
  const isBroken = checks.some(({ state }) => state === 'failed');
  return [
    ...table(rows, {
      styles: [(mark) => paint[mark === paint.marks.bad ? 'bad' : 'good'](mark), paint.name],
    }),
    '',
    isBroken
      ? paint.bad('Something that is needed is broken.')
      : paint.good('Everything that is needed is there.'),
  ];
}
