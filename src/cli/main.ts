#!/usr/bin/env node
import { EXIT, wantsColors, type CliIo } from './io.ts';
import { internalMessage, runCli } from './program.ts';

const io: CliIo = {
  out: (chunk) => {
    process.stdout.write(chunk);
  },
  err: (text) => {
    process.stderr.write(text);
  },
  colors: wantsColors(process.env, process.stdout.isTTY),
  isWatched: process.stderr.isTTY,
  // Only a command that reads touches standard input.
  get input() {
    return process.stdin;
  },
  get terminal() {
    const { stdin: input, stdout: output } = process;
    return input.isTTY && output.isTTY ? { input, output } : undefined;
  },
};

// `pxtr ... | head` closes the pipe early: that is the reader's choice, not a failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok);
    throw error;
  });
}

function fail(problem: unknown): void {
  process.stderr.write(`pxtr: ${internalMessage(problem)}\n`);
  process.exit(EXIT.failed);
}
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

const code = await runCli(process.argv.slice(2), io);
// Commands may have set their own; process.exit would cut off output that is still on its way into a pipe.
if (code !== EXIT.ok) process.exitCode = code;
