import { word, type Family, type IpAddress } from '../base/ip.ts';
import { formatPrefix } from '../base/ip-text.ts';
import {
  BUFFER_BYTES,
  CONTROL_OFFSET,
  CONTROL_SNAPSHOT_OFFSET,
  LPM_TOO_NARROW,
  SCRATCH_KEYS_OFFSET,
  SCRATCH_RESULTS_OFFSET,
  SECTION_BUFFERS,
  SECTION_SCRATCH,
  SNAPSHOT_HEADER_BYTES,
  SPEC_BYTES,
  TABLE_ROUTES,
  VRF_KINDS4_OFFSET,
  VRF_KINDS6_OFFSET,
  VRF_ROOTS4_OFFSET,
  VRF_ROOTS6_OFFSET,
} from '../../assembly/layout.ts';
import type { EngineModule } from './engine-module.ts';
import { Engine } from './engine.ts';
import { badOption, EngineError } from './errors.ts';
import { writeSpec, type FibChange } from './fib.ts';
import {
  checkKind,
  leastLeafBytes,
  LARGEST_VALUE,
  LPM_KINDS,
  lpmCode,
  RESEARCH_KINDS,
  serves,
  type LeafBytes,
  type LpmKind,
} from './lpm.ts';
import { partNames } from './lpm-parts.ts';

/** Which module: `research` has all lookup algorithms, `traced` also tells what a lookup reads, and is slower. */
export type ResearchBuild = 'research' | 'traced';

/** Throws EngineError `bad-options` when there is no such build. */
export function checkResearchBuild(build: string): void {
  if (build !== 'research' && build !== 'traced')
    throw badOption('build', `no ${build}, but research, traced`);
}

/** A table as researchers want it: of one kind, with leaves of one size. */
export interface ResearchTableOptions {
  readonly kind: LpmKind;
  readonly leafBytes: LeafBytes;
  readonly family: Family;
  /**
   * Bytes for the table, its writer's part included. Default 384 MiB: enough in any kind for a million prefixes that lie as
   * those of the Internet do. Where they lie far apart, some kinds take kilobytes for each.
   */
  readonly fibBytes?: number;
  /** Bytes for keys that the caller puts into `Engine.memory` itself. Default none. */
  readonly keyBytes?: number;
  /** With a module for shared memory: how many threads may look up beside this one. Default 0, memory of its own. */
  readonly seats?: number;
  /** Called around each piece of work of the engine, so that the caller can time it. */
  readonly around?: (work: () => number) => number;
}

/** A read of a lookup. */
export interface Touch {
  /** Which part of the structure, as docs/lpm.md calls it. */
  readonly part: string;
  /** Where, in the engine's memory, and how many bytes. */
  readonly at: number;
  readonly bytes: number;
}

/** What a lookup found and read on its way. */
export interface Walk {
  readonly value: number;
  readonly touches: readonly Touch[];
}

interface TracedExports {
  startTrace(at: number, room: number): void;
  tracedCount(): number;
}

/** Specs that one call takes. */
const CHUNK = 65_536;
const FIB_BYTES = 384 * 2 ** 20;
const TOUCH_BYTES = 16;
/** More reads than any kind makes, but the lists. */
const MOST_TOUCHES = CHUNK;

/** One lookup table in an engine of its own, which shows how it works: bytes by part, and walks of single lookups. */
export class ResearchTable {
  readonly kind: LpmKind;
  readonly leafBytes: LeafBytes;
  readonly family: Family;
  readonly engine: Engine;
  readonly #code: number;
  readonly #around: (work: () => number) => number;
  #root = 1;

  private constructor(module: EngineModule, options: ResearchTableOptions) {
    const { kind, leafBytes, family, fibBytes = FIB_BYTES, keyBytes = 0, seats = 0 } = options;
    checkForm(options);
    this.kind = kind;
    this.leafBytes = leafBytes;
    this.family = family;
    this.#code = lpmCode(kind, leafBytes);
    this.#around = options.around ?? ((work) => work());
    const bytes = Math.max(keyBytes, CHUNK * SPEC_BYTES);
    this.engine = Engine.open(module, {
      entries: 1,
      buckets: 1,
      rewrites: 1,
      nextHops: 1,
      vrfs: 1,
      buffers: Math.ceil(bytes / BUFFER_BYTES),
      fibBytes,
      workers: 1 + seats,
      shared: seats > 0,
    });
    if (this.engine.exports.lpmCaps(this.#code) === 0)
      throw new EngineError(
        'bad-module',
        kind,
        1,
        0,
        'pass the module of `researchModule()`: a kind of pxtr/research',
      );
  }

  /**
   * A table of these prefixes of its family, values 1 .. 2^31-1. Throws EngineError: `no-room` when it does not fit,
   * `bad-value` when a value is another or leaves of two bytes do not hold it, `bad-options` when a prefix is of the other
   * family or there is no such kind, or not with these leaves or for this family, `bad-module` when the module does not
   * have the kind.
   */
  static build(
    module: EngineModule,
    rows: readonly FibChange[],
    options: ResearchTableOptions,
  ): ResearchTable {
    const table = new ResearchTable(module, options);
    table.change(rows);
    return table;
  }

  /** Inserts, or removes where the value is 0, and publishes. Throws as `build`; the table is then of no more use. */
  change(rows: readonly FibChange[]): void {
    const { exports, memory } = this.engine;
    const specs = memory.offset(SECTION_BUFFERS);
    for (const row of rows) this.#check(row);
    exports.fibBegin();
    for (let first = 0; first < rows.length; first += CHUNK) {
      const count = Math.min(CHUNK, rows.length - first);
      for (let i = 0; i < count; i++) writeSpec(memory, specs + i * SPEC_BYTES, rows[first + i]!);
      const root = this.#root;
      this.#take(() => exports.lpmApply(this.#code, this.family, root, specs, count));
    }
    this.#take(() => exports.lpmPrepare(this.#code, this.family, this.#root));
    this.#take(() => this.#publish());
  }

  #check({ prefix, value }: FibChange): void {
    if (prefix.address.family !== this.family)
      throw badOption(formatPrefix(prefix), `no prefix of IPv${this.family}`);
    if ((value & LARGEST_VALUE) !== value) {
      const hint = `a value is 0 .. 2^31-1, not ${value}`;
      throw new EngineError('bad-value', formatPrefix(prefix), value, LARGEST_VALUE, hint);
    }
  }

  #take(work: () => number): void {
    const root = this.#around(work) >>> 0;
    if (root === 0) {
      const { fibBytes } = this.engine.memory.capacity;
      const hint = `needs more than ${fibBytes} bytes`;
      throw new EngineError('no-room', this.kind, fibBytes + 1, fibBytes, hint);
    }
    if (root === LPM_TOO_NARROW)
      throw new EngineError('bad-value', this.kind, 4, this.leafBytes, 'needs leaves of four bytes');
    this.#root = root;
  }

  /** Makes the table the routes of instance 0. Returns its root. */
  #publish(): number {
    const { exports, memory } = this.engine;
    const root = exports.lpmCommit(this.#code, this.#root) >>> 0;
    const snapshot = memory.view.getUint32(CONTROL_OFFSET + CONTROL_SNAPSHOT_OFFSET, true);
    const vrf = snapshot + SNAPSHOT_HEADER_BYTES;
    const [roots, kinds] =
      this.family === 4 ? [VRF_ROOTS4_OFFSET, VRF_KINDS4_OFFSET] : [VRF_ROOTS6_OFFSET, VRF_KINDS6_OFFSET];
    memory.view.setUint32(vrf + roots + 4 * TABLE_ROUTES, root, true);
    memory.view.setUint8(vrf + kinds + TABLE_ROUTES, this.#code);
    exports.publish(snapshot);
    return root;
  }

  /** All of the arena that is in use. */
  get liveBytes(): number {
    return this.engine.stats().fibLiveBytes;
  }

  /** What lookups walk. */
  get readerBytes(): number {
    return this.engine.exports.lpmReaderBytes(this.#code, this.#root) >>> 0 || this.liveBytes;
  }

  /**
   * What lookups walk, by part; 64 bytes before the parts of a structure that is built whole are in none. A module of
   * routers cannot tell the parts of a kind that has several, and says `all`.
   */
  parts(): { readonly part: string; readonly bytes: number }[] {
    const partBytes = this.engine.exports['lpmPartBytes'] as
      ((kind: number, root: number, part: number) => number) | undefined;
    const names = partNames(this.kind);
    if (names.length === 1) return [{ part: names[0]!, bytes: this.readerBytes }];
    if (partBytes === undefined) return [{ part: 'all', bytes: this.readerBytes }];
    return names.map((part, i) => ({ part, bytes: partBytes(this.#code, this.#root, i) >>> 0 }));
  }

  /**
   * Looks one address up and tells what was read. Throws EngineError `bad-module` when the build is not `traced`, and
   * `bad-options` for an address of the other family.
   */
  walk(address: IpAddress): Walk {
    const { exports, memory } = this.engine;
    if (address.family !== this.family) throw badOption('address', `none of IPv${this.family}: use ip()`);
    const traced = exports as unknown as Partial<TracedExports>;
    if (traced.startTrace === undefined || traced.tracedCount === undefined)
      throw new EngineError('bad-module', 'walk', 1, 0, 'only the traced module of pxtr/research walks');
    const scratch = memory.offset(SECTION_SCRATCH);
    const keys = scratch + SCRATCH_KEYS_OFFSET;
    const out = scratch + SCRATCH_RESULTS_OFFSET;
    const buffers = memory.offset(SECTION_BUFFERS);
    for (let i = 0; i < 4; i++) memory.view.setUint32(keys + 4 * i, word(address, i), true);
    traced.startTrace(buffers, MOST_TOUCHES);
    exports.lpmBatch(this.#code, this.family, this.#root, keys, out, 1);
    const count = Math.min(traced.tracedCount() >>> 0, MOST_TOUCHES);
    const names = partNames(this.kind);
    const touches = Array.from({ length: count }, (_, i): Touch => {
      const at = buffers + i * TOUCH_BYTES;
      return {
        part: names[memory.view.getUint32(at, true)] ?? 'node',
        at: memory.view.getUint32(at + 4, true),
        bytes: memory.view.getUint32(at + 8, true),
      };
    });
    return { value: memory.view.getUint32(out, true), touches };
  }
}

/** Throws EngineError when there is no such structure. */
function checkForm({ kind, leafBytes, family }: ResearchTableOptions): void {
  checkKind('kind', kind, [...LPM_KINDS, ...RESEARCH_KINDS]);
  const families = ([4, 6] as const).filter((each) => serves(kind, each));
  if (!families.includes(family))
    throw badOption('family', `${kind} serves ${families.join(', ')}, not ${family}`);
  const widths = ([2, 4] as const).filter((each) => each >= leastLeafBytes(kind));
  if (!widths.includes(leafBytes))
    throw badOption('leafBytes', `${kind} has leaves of ${widths.join(', ')} bytes, not ${leafBytes}`);
}
