/** Packets that a command line names: a file, standard input, or hexadecimal digits. */
import { existsSync, readFileSync } from 'node:fs';
import { err } from '../base/result.ts';
import { parseHexText } from '../wire/hex-text.ts';
import { failureText } from './failure-text.ts';
import { captureFrames, readFrames, type Frames } from './frames.ts';
import { CliError, EXIT, type CliIo } from './io.ts';

/** A packet typed as an argument: enough digits for the beginning of an IP header. */
const INLINE_HEX = /^(?:0x)?[0-9a-f]{2}(?:[\s:,]*(?:0x)?[0-9a-f]{2}){3,}$/i;

/** Digits of a packet that is not all there. */
const FEW_DIGITS = /^(?:0x)?[0-9a-f]{4,8}$/i;

/** What an argument is called in messages. */
export function nameOfInput(path: string): string {
  return path === '-' ? 'standard input' : INLINE_HEX.test(path) && !existsSync(path) ? 'the packet' : path;
}

/** @throws CliError when there is no such file or nothing in it can be read. */
export async function openPackets(path: string, io: CliIo): Promise<Frames> {
  if (path !== '-' && !existsSync(path) && INLINE_HEX.test(path)) {
    const packets = parseHexText(path);
    if (packets.ok) return captureFrames(packets.value);
  }
  const file = await readBytes(path, io);
  const frames = file.length === 0 ? err('empty') : readFrames(file);
  if (frames.ok) return frames.value;
  throw new CliError(
    `${nameOfInput(path)} is ${frames.error}`,
    EXIT.usage,
    'Give a pcap or pcapng file, a file of hexadecimal text, or the digits of a packet.',
  );
}

/** The bytes of a file, or of standard input for `-`. @throws CliError */
export async function readBytes(path: string, io: CliIo): Promise<Uint8Array> {
  try {
    if (path !== '-') return readFileSync(path);
    const chunks: Uint8Array[] = [];
    for await (const chunk of io.input ?? []) chunks.push(Buffer.from(chunk as Uint8Array | string));
    return Buffer.concat(chunks);
  } catch (problem) {
    throw new CliError(
      `cannot read ${nameOfInput(path)}: ${failureText(problem)}`,
      EXIT.usage,
      FEW_DIGITS.test(path) ? `${path} is no packet either: an IP header has 20 bytes or more` : undefined,
    );
  }
}

/** `3`, `5-9`, `3,5-9,20-`: which frames, counted from 1. Undefined for anything else. */
export function parseFrameNumbers(text: string): ((frame: number) => boolean) | undefined {
  const ranges: (readonly [number, number])[] = [];
  for (const part of text.split(',')) {
    const [, first, dash, last] = /^\s*([0-9]{1,9})\s*(-?)\s*([0-9]{0,9})\s*$/.exec(part) ?? [];
    if (first === undefined || (dash === '' && last !== '')) return undefined;
    const end = dash === '' ? Number(first) : last === '' ? Infinity : Number(last);
    if (Number(first) < 1 || end < Number(first)) return undefined;
    ranges.push([Number(first), end]);
  }
  return (frame) => ranges.some(([first, last]) => frame >= first && frame <= last);
}
