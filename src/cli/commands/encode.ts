import { writeFileSync } from 'node:fs';
import { InvalidArgumentError, type Command } from 'commander';
import { toHex } from '../../base/bytes.ts';
import { signControl, type AuthKey } from '../../wire/authenticate.ts';
import { LINK_RAW } from '../../wire/capture.ts';
import { describePacket } from '../../wire/describe.ts';
import { layersOf, decodePacket, type UdpLayer } from '../../wire/packet.ts';
import { writePcap } from '../../wire/pcap.ts';
import { checksum } from '../../base/checksum.ts';
import { pseudoHeaderSum, UDP_CHECKSUM_OFFSET } from '../../wire/udp.ts';
import { PROTOCOL_UDP } from '../../wire/ipv4.ts';
import { failureText } from '../failure-text.ts';
import { CliError, EXIT, type CliIo, type ExitState } from '../io.ts';
import { nameOfInput, readBytes } from '../packet-input.ts';
import { packetFromJson } from '../packet-json/packet.ts';
import { type JsonFault, type Json } from '../packet-json/shape.ts';
import { TEMPLATES } from '../packet-json/templates.ts';
import { plural } from '../render/table.ts';

interface EncodeFlags {
  readonly template?: string;
  readonly pcap?: string;
  readonly sign?: string;
  readonly keyId: number;
  readonly algorithm: 1 | 2 | 3;
  readonly json?: true;
}

/** Adds `pxtr encode`. Exit codes: 0 encoded, 1 the JSON is no packet, 2 usage. */
export function registerEncode(program: Command, io: CliIo, state: ExitState): void {
  program
    .command('encode')
    .description(
      'packets from JSON, as "pxtr decode --json" writes them; what follows from the rest may be left out',
    )
    .argument('[json]', 'a file, - for standard input')
    .option('--template <name>', `print JSON to start from: ${Object.keys(TEMPLATES).join(', ')}`)
    .option('--pcap <file>', 'write a pcap file instead of hexadecimal digits')
    .option('--sign <key>', 'sign Map-Registers and Map-Notifies with this key')
    .option('--key-id <number>', 'Key ID to sign with, 0 to 255', keyId, 0)
    .option('--algorithm <number>', '1 HMAC-SHA-1-96, 2 HMAC-SHA-256-128, 3 the same with HKDF', algorithm, 2)
    .option('--json', 'one JSON document with bytes and summaries')
    .addHelpText(
      'after',
      '\nExit codes: 0 encoded, 1 the JSON is no packet, 2 usage.\n\n' +
        'Examples:\n  pxtr encode --template map-register > register.json\n' +
        '  pxtr encode --template ecm | pxtr encode - | pxtr decode - --tree\n' +
        '  pxtr encode --template map-register | pxtr encode - --sign KEY1 --pcap register.pcap',
    )
    .action(async (path: string | undefined, flags: EncodeFlags) => {
      state.code = await runEncode(path, flags, io);
    });
}

async function runEncode(path: string | undefined, flags: EncodeFlags, io: CliIo): Promise<number> {
  if (flags.template !== undefined) {
    const template = TEMPLATES[flags.template];
    if (template === undefined)
      throw new CliError(
        `there is no template ${flags.template}`,
        EXIT.usage,
        `Templates: ${Object.keys(TEMPLATES).join(', ')}`,
      );
    io.out(`${JSON.stringify(template, undefined, 2)}\n`);
    return EXIT.ok;
  }
  if (path === undefined)
    throw new CliError('which packets?', EXIT.usage, 'for example: pxtr encode packet.json');
  const name = nameOfInput(path);
  const text = new TextDecoder().decode(await readBytes(path, io));
  const packets = packetsIn(parse(text, name)).map(({ json, path: at }) => {
    const packet = packetFromJson(json, at);
    if (!packet.ok) throw fault(packet.error, name);
    return packet.value;
  });
  if (flags.sign !== undefined) {
    const key = {
      keyId: flags.keyId,
      algorithmId: flags.algorithm,
      secret: new TextEncoder().encode(flags.sign),
    };
    const count = packets.filter((packet) => sign(packet, key, name)).length;
    if (count === 0)
      throw new CliError('nothing to sign', EXIT.failed, 'Map-Registers and Map-Notifies are signed.');
  }
  if (flags.pcap !== undefined) {
    writeFileSync(
      flags.pcap,
      writePcap(
        packets.map((bytes) => ({ timeMicros: 0, bytes, originalLength: bytes.length })),
        { linkType: LINK_RAW },
      ),
    );
    io.err(`wrote ${flags.pcap}: ${plural(packets.length, 'packet')}\n`);
  }
  if (flags.json === true) io.out(`${JSON.stringify(packets.map(report), undefined, 2)}\n`);
  else if (flags.pcap === undefined) io.out(packets.map((bytes) => `${toHex(bytes)}\n`).join(''));
  return EXIT.ok;
}

function report(bytes: Uint8Array): { readonly bytes: string; readonly summary: string } {
  const packet = decodePacket(bytes);
  return { bytes: toHex(bytes), summary: packet.ok ? describePacket(packet.value) : 'no IP packet' };
}

function parse(text: string, name: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (problem) {
    throw new CliError(
      `${name} is no JSON: ${failureText(problem)}`,
      EXIT.failed,
      '"pxtr encode --template ecm" shows what is wanted',
    );
  }
}

/** One packet, a list of packets, or frames of `pxtr decode --json`. */
function packetsIn(json: Json): { readonly json: Json; readonly path: string }[] {
  const items = Array.isArray(json) ? (json as readonly Json[]) : [json];
  return items.map((item, i) => {
    const at = Array.isArray(json) ? `[${i}]` : '';
    if (typeof item === 'object' && item !== null && 'packet' in item)
      return {
        json: (item as { readonly packet: Json }).packet,
        path: at === '' ? 'packet' : `${at}.packet`,
      };
    return { json: item, path: at };
  });
}

function fault({ path, message, hint }: JsonFault, name: string): CliError {
  return new CliError(`${name}: ${path === '' ? '' : `${path}: `}${message}`, EXIT.failed, hint);
}

/** Signs in place; false when the packet holds nothing that is signed. */
function sign(packet: Uint8Array, key: AuthKey, name: string): boolean {
  const decoded = decodePacket(packet);
  if (!decoded.ok) return false;
  const layers = [...layersOf(decoded.value)];
  const control = layers.find((layer) => layer.kind === 'control');
  const udp = layers.find((layer): layer is UdpLayer => layer.kind === 'udp');
  if (control === undefined || udp === undefined || !('authentication' in control.message)) return false;
  const { keyId: id, algorithmId, data } = control.message.authentication;
  const wanted = { ...key, length: data.length as 16 };
  if (id !== key.keyId || algorithmId !== key.algorithmId)
    throw new CliError(
      `${name}: the message has key ID ${id} and algorithm ${algorithmId}, not ${key.keyId} and ${key.algorithmId}`,
      EXIT.failed,
      'change "authentication", or give --key-id and --algorithm',
    );
  signControl(packet.subarray(control.start, control.end), wanted);
  const datagram = packet.subarray(udp.start, udp.end);
  if (udp.udp.checksumField === 0) return true;
  datagram.fill(0, UDP_CHECKSUM_OFFSET, UDP_CHECKSUM_OFFSET + 2);
  const sum = checksum(datagram, pseudoHeaderSum(decoded.value.ip, PROTOCOL_UDP, datagram.length));
  new DataView(datagram.buffer, datagram.byteOffset).setUint16(UDP_CHECKSUM_OFFSET, sum === 0 ? 0xffff : sum);
  return true;
}

function keyId(text: string): number {
  const value = /^[0-9]{1,3}$/.test(text) ? Number(text) : NaN;
  if (value <= 255) return value;
  throw new InvalidArgumentError('A number from 0 to 255 is expected.');
}

function algorithm(text: string): 1 | 2 | 3 {
  if (text === '1' || text === '2' || text === '3') return Number(text) as 1 | 2 | 3;
  throw new InvalidArgumentError('1, 2 or 3 is expected.');
}
