/**
 * What `pxtr lab run` knows about a finished run: the document that `--json` prints and the text is made from. Times
 * are seconds of virtual time with six digits, as text. Fields are added in later versions, never changed or removed
 * without a new `schema`.
 */
export interface RunReport {
  readonly schema: 'pxtr-lab-run/1';
  readonly scenario: string;
  readonly title: string;
  /** Which data plane ran: the WASM engine, or its plain twin. */
  readonly dataPlane: 'engine' | 'model';
  readonly seed: number;
  readonly nodes: readonly NodeReport[];
  readonly links: readonly LinkReport[];
  /** What is allowed but probably not meant in the lab's files: `mapserver.ios:26: EID space overlaps ...`. */
  readonly warnings: readonly string[];
  /** In the order in which they were put on links. Upkeep (registration, probes) has no `number`. */
  readonly packets: readonly PacketReport[];
  /** Commands typed at consoles and what they printed, in order of their start. */
  readonly console: readonly ConsoleReport[];
  readonly pings: readonly PingReport[];
  readonly expectations: readonly ExpectationReport[];
  /** False when the run was stopped before its end (`--until`); expectations are then not held against it. */
  readonly complete: boolean;
  /** All expectations hold. True when there are none. */
  readonly passed: boolean;
  readonly end: EndReport;
}

export interface NodeReport {
  readonly name: string;
  readonly kind: 'router' | 'host';
  /** `ITR`, `ETR`, `PITR`, `PETR`, `Map-Server`, `Map-Resolver`; empty for a node that knows nothing of LISP. */
  readonly roles: readonly string[];
  /** EID-Prefixes of its site. */
  readonly eids: readonly string[];
  /** Locators of its EID-Prefixes. */
  readonly rlocs: readonly string[];
  /** Every address with its prefix length, in order of interfaces. */
  readonly addresses: readonly string[];
}

export interface LinkReport {
  readonly name: string;
  readonly ends: readonly [LinkEndReport, LinkEndReport];
}

export interface LinkEndReport {
  readonly node: string;
  readonly interface: string;
}

export interface PacketReport {
  /** Place in the story, from 1. */
  readonly number?: number;
  /** Place among all packets, from 1; the frame number in the capture file. */
  readonly frame: number;
  readonly time: string;
  readonly link: string;
  readonly from: string;
  readonly to: string;
  /** A few words: `ECM Map-Request 4.4.4.4/32`. */
  readonly title: string;
  /** One line with addresses. */
  readonly line: string;
  /** Why the sender sent it. */
  readonly why: string;
  /** What the receiver made of it, when that was the end of it. */
  readonly outcome?: string;
  readonly fate: 'sent' | 'lost' | 'too-big' | 'link-down';
  readonly bytes: number;
}

export interface ConsoleReport {
  readonly node: string;
  readonly time: string;
  /** As typed, without the prompt. */
  readonly command: string;
  /** Exactly what the console printed after it; ends without a line break. */
  readonly output: string;
  /** The console's prompt: `lisp1#`. */
  readonly prompt: string;
}

export interface PingReport {
  readonly node: string;
  readonly destination: string;
  /** `.!!!!` */
  readonly marks: string;
  readonly sent: number;
  readonly received: number;
  readonly percent: number;
}

export interface ExpectationReport {
  readonly passed: boolean;
  /** What it is about: `ping 1`, `packet 6`. */
  readonly subject: string;
  readonly expected: string;
  readonly actual: string;
}

export interface EndReport {
  /** Virtual time at which the run stopped. */
  readonly time: string;
  readonly events: number;
  readonly frames: number;
  /** Digest of the event log: equal for equal scenario, seed and `until`, on every platform. */
  readonly logHash: string;
}
