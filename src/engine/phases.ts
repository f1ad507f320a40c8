/** One step of a forwarding decision, for `explain`. */
export interface Phase {
  /** 'parse', 'local address', 'decapsulation', 'eligibility', 'map-cache lookup', 'action', 'PETR override'... */
  readonly phase: string;
  /** The table consulted, or '-'. */
  readonly table: string;
  /** What was looked up: an address, a field. */
  readonly key: string;
  /** What was found. */
  readonly result: string;
  /** Why that is right: an RFC section or design rule. */
  readonly rule: string;
}

/** A forwarding decision, step by step. */
export interface Explanation {
  readonly phases: readonly Phase[];
  /** VERDICT_* */
  readonly verdict: number;
  /** REASON_* */
  readonly reason: number;
  readonly outInterface: number;
  /** Bytes that would leave, or the packet at the point of decision. Owned by the caller. */
  readonly bytes: Uint8Array;
}

/** A kind of phase and the rule that it follows. */
export interface Step {
  readonly phase: string;
  readonly rule: string;
}

/** The steps of the forwarding order, in that order. */
export const STEPS = {
  parse: {
    phase: 'parse',
    rule: 'lengths, version and header checksum are right: RFC 1812 §5.2.2, RFC 8200 §3',
  },
  unicast: {
    phase: 'unicast check',
    rule: 'only unicast is forwarded, and nothing is sent from a group: RFC 1812 §5.3.7, RFC 4291 §2.7',
  },
  local: {
    phase: 'local address',
    rule: 'what is for the router itself is delivered whatever its TTL; UDP port 4341 is LISP data: RFC 9300 §5.3',
  },
  nesting: {
    phase: 'decapsulation',
    rule: 'at most two LISP headers per packet: RFC 9300 §4',
  },
  udp: {
    phase: 'UDP check',
    rule: 'a zero checksum is accepted, any other must be right: RFC 9300 §5.3',
  },
  lisp: {
    phase: 'decapsulation',
    rule: 'I=1 carries the Instance ID that selects the table; nonce, versions and LSBs are ignored: RFC 9300 §4.1, §5.3, §8',
  },
  inner: {
    phase: 'inner packet',
    rule: 'it is a whole IP packet that fits its envelope: RFC 9300 §5',
  },
  merge: {
    phase: 'TTL, DSCP and ECN merge',
    rule: 'the lesser TTL and the outer DSCP: RFC 9300 §5.3; ECN by the table of RFC 6040 §4.2',
  },
  acceptance: {
    phase: 'acceptance',
    rule: 'an ETR takes what is for its EIDs: RFC 9300 §5; a PETR what comes from a served site: RFC 6832 §6.1',
  },
  ttl: {
    phase: 'TTL',
    rule: 'a packet that would leave with TTL 0 is answered instead: RFC 1812 §5.3.1, RFC 8200 §3',
  },
  moreSpecific: {
    phase: 'underlay route',
    rule: 'a more specific route than the default wins: RFC 9300 §4.2',
  },
  eligibility: {
    phase: 'eligibility',
    rule: 'an ITR encapsulates for sources of its site: RFC 9300 §4.2; a PITR for destinations it serves: RFC 6832 §5.2',
  },
  mapCache: {
    phase: 'map-cache lookup',
    rule: 'the longest EID-Prefix of the instance wins: RFC 9300 §6',
  },
  action: {
    phase: 'action',
    rule: 'an entry with locators forwards: RFC 9300 §5; one without says what to do: RFC 9301 §5.4',
  },
  petr: {
    phase: 'PETR override',
    rule: 'a configured PETR takes what would leave natively: RFC 6832 §6.1',
  },
  locator: {
    phase: 'locator choice',
    rule: 'lowest priority, then shares by weight, one locator per flow: RFC 9300 §9',
  },
  mtuEncap: {
    phase: 'MTU',
    rule: 'the inner packet and its headers fit the path, 1500 bytes at most: RFC 9300 §7.1',
  },
  encapsulation: {
    phase: 'encapsulation',
    rule: 'TTL and DSCP copied, UDP checksum 0, DF set: RFC 9300 §5.3; ECN copied: RFC 6040 §4.1',
  },
  route: {
    phase: 'underlay route',
    rule: 'natively by the longest route; a discard route ends an aggregate, so that no packet loops back to it',
  },
  mtuNative: {
    phase: 'MTU',
    rule: 'a packet larger than the way out takes is answered: RFC 1191 §4, RFC 8201 §3',
  },
  verdict: { phase: 'verdict', rule: 'the outcome of the phases above' },
} as const satisfies Record<string, Step>;

/** Takes phases as they happen; the thunk is not called when nobody listens. */
export type Recorder = (phase: () => Phase) => void;

/** Records one step: the table consulted ('-' for none), then what was looked up and what was found. */
export type Note = (step: Step, table: string, say: () => readonly [key: string, result: string]) => void;
