// What decapsulated packets of a trusted network say.
import { ip } from '../../src/base/ip-text.ts';
import type { Marking, TunnelReport } from '../../src/engine/marking.ts';
import { LISP_E, LISP_L, LISP_N } from '../../src/wire/lisp-data.ts';

/** A packet from an RLOC whose LISP header has these marks. */
export function reportFrom(rloc: string, { nonce, echo = false, locatorStatusBits }: Marking): TunnelReport {
  const n = nonce === undefined ? 0 : LISP_N | (echo ? LISP_E : 0);
  const l = locatorStatusBits === undefined ? 0 : LISP_L;
  return {
    source: ip(rloc),
    destination: ip('10.0.9.1'),
    innerSource: ip('192.168.2.1'),
    header: { flags: n | l, word0: nonce ?? 0, word1: locatorStatusBits ?? 0 },
  };
}
