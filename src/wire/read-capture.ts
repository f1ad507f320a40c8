import { err } from '../base/result.ts';
import type { Capture } from './capture.ts';
import type { Decoded } from './error.ts';
import { isPcap, readPcap } from './pcap.ts';
import { isPcapng, readPcapng } from './pcapng.ts';

/** Reads pcap or pcapng, told apart by their first bytes. Fails only when not even the file header is readable. */
export function readCapture(bytes: Uint8Array): Decoded<Capture> {
  if (isPcapng(bytes)) return readPcapng(bytes);
  if (isPcap(bytes)) return readPcap(bytes);
  return err({ code: bytes.length < 4 ? 'truncated' : 'bad-value', offset: 0, field: 'capture.magic' });
}
