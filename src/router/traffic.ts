import { formatIp } from '../base/ip-text.ts';
import type { Micros } from '../base/time.ts';
import type { TraceFields } from '../base/trace.ts';
import type { DataPlane, InjectOptions } from '../engine/data-plane.ts';
import type { TunnelReport } from '../engine/marking.ts';
import type { Explanation } from '../engine/phases.ts';
import type { Eid, EidPrefix } from '../mapping/eid.ts';
import type { ReceivedMessage } from '../roles/machine.ts';
import { missConfig, type MissPolicy } from '../roles/miss.ts';
import { decodeIp, type IpPacket } from '../wire/ip-packet.ts';
import { Explainer } from './explainer.ts';
import type { ForwardingProgram } from './forwarding-program.ts';
import { Fragmenter } from './fragmenter.ts';
import { HoldBuffer, type HoldState } from './hold.ts';
import type { ErrorCause } from './icmp-errors.ts';
import { readLocalPacket } from './local-packet.ts';
import { LocalServices, type LocalAddresses, type LocalServiceState } from './local-services.ts';
import type { Arrival, NodeOutput, PingRequest, TracerouteRequest } from './node.ts';
import type { Moment } from './moment.ts';
import { DEFAULT_MTU } from './options.ts';
import { PacketPath, type Decision } from './packet-path.ts';
import { PacketTracer, type PacketTracerState } from './packet-trace.ts';
import type { ReceivedRip } from './rip.ts';
import type { PacketTrace } from './view.ts';

/** Packet buffers of the smallest engine; a quarter of them may hold packets. */
const BUFFER_COUNT = 128;
/** What every IPv6 link carries (RFC 8200 §5). */
const MIN_MTU_V6 = 1280;

/** What packets ask of their router. */
export interface TrafficEffects {
  moment(): Moment;
  emit(output: NodeOutput): unknown;
  count(name: string, fields: TraceFields): void;
  countInput(interfaceIndex: number, bytes: number): void;
  countInputDrop(interfaceIndex: number): void;
  /** Makes table changes visible; returns the Map-Cache entries that are new. */
  publish(): readonly EidPrefix[];
  /** The EID must be resolved, for a packet from `source`. */
  lookup(eid: Eid, source: IpPacket['source']): void;
  /** A router said that LISP packets to `rloc` may have `mtu` bytes. */
  pathMtu(rloc: IpPacket['source'], mtu: number): void;
  /** What the LISP header of a decapsulated packet said; the Instance ID is that of the packet inside. */
  tunnel(instanceId: number, report: TunnelReport): void;
  /** A control message for this router. */
  receive(received: ReceivedMessage): void;
  /** Routes from a neighbour. False when nobody here listens. */
  hear(received: ReceivedRip): boolean;
}

/** Plain data, structured-clone safe. */
export interface TrafficState {
  readonly held: HoldState;
  readonly services: LocalServiceState;
  readonly identification: number;
  readonly traces: PacketTracerState;
}

/** The packets of one router: through its data plane, and what has to be done with those that come out. */
export class Traffic {
  readonly #effects: TrafficEffects;
  readonly #fragmenter = new Fragmenter();
  readonly #tracer = new PacketTracer();
  readonly #held = new HoldBuffer(missConfig('drop', BUFFER_COUNT));
  readonly #path: PacketPath;
  readonly #explainer: Explainer;
  readonly #services: LocalServices;

  constructor(dataPlane: DataPlane, program: ForwardingProgram, effects: TrafficEffects) {
    this.#effects = effects;
    this.#path = new PacketPath(dataPlane, this.#fragmenter, (instanceId, report) => {
      effects.tunnel(instanceId, report);
    });
    this.#explainer = new Explainer(program);
    this.#services = new LocalServices({
      originate: (bytes) => {
        this.originate(bytes);
      },
      done: (output) => effects.emit(output),
      count: (name, fields) => {
        effects.count(name, fields);
      },
      encapsulates: (eid, rloc) => program.encapsulates(eid, rloc),
      pathMtu: (rloc, mtu) => {
        effects.pathMtu(rloc, mtu);
      },
    });
  }

  /** Packets that are held stay. */
  configure(policy: MissPolicy): void {
    this.#held.configure(missConfig(policy, BUFFER_COUNT));
  }

  /** Queues packets that came in; `run` works on them. An interface that is shut down takes none. */
  arrive(arrivals: readonly Arrival[]): void {
    const { interfaces } = this.#effects.moment().options;
    for (const { interfaceIndex, bytes } of arrivals) {
      if (interfaces[interfaceIndex]?.shutdown === true) {
        this.#lose('packet:interface-down', bytes, { interfaceIndex });
      } else {
        this.#effects.countInput(interfaceIndex, bytes.length);
        this.#path.push(bytes, { interfaceIndex });
      }
    }
  }

  /** Queues a packet of the router's own making. */
  originate(bytes: Uint8Array): void {
    this.#fragmenter.stamp(bytes);
    this.#path.push(bytes, { interfaceIndex: 0, originated: true });
  }

  /**
   * Queues a control message of the router's own making. It goes between RLOCs: a PITR of 0.0.0.0/0 would otherwise
   * have to ask where its Map-Resolver is before it could ask its Map-Resolver.
   */
  originateControl(bytes: Uint8Array): void {
    this.#fragmenter.stamp(bytes);
    this.#path.push(bytes, { interfaceIndex: 0, originated: true, underlay: true });
  }

  ping(request: PingRequest): void {
    const { now, underlay } = this.#effects.moment();
    this.#services.ping(now, request, underlay);
  }

  traceroute(request: TracerouteRequest): void {
    const { now, underlay } = this.#effects.moment();
    this.#services.traceroute(now, request, underlay);
  }

  tick(): void {
    const { now } = this.#effects.moment();
    for (const { bytes, options } of this.#held.expire(now))
      this.#lose('packet:hold-expired', bytes, options);
    this.#services.tick(now, this.#addresses());
  }

  /** Packets held for `eid` will not be resolved. */
  giveUp(eid: Eid): void {
    for (const { bytes, options } of this.#held.giveUp(eid)) this.#lose('packet:unresolved', bytes, options);
  }

  /** Publishes table changes and moves packets until none is left: what this router sends may come back to it. */
  run(): void {
    for (;;) {
      const installed = this.#effects.publish();
      for (const { bytes, options } of installed.flatMap((eid) => this.#held.release(eid))) {
        this.#path.push(bytes, options);
      }
      if (!this.#path.isBusy) return;
      for (const decision of this.#path.run(this.#takeUp())) this.#act(decision);
    }
  }

  /** What would become of a packet here and now, and why. Changes nothing. */
  explain(packet: Uint8Array, options: InjectOptions): Explanation {
    return this.#explainer.explain(packet, options);
  }

  traceNext(count: number): void {
    this.#tracer.start(count);
  }

  traces(): readonly PacketTrace[] {
    return this.#tracer.traces();
  }

  clearTraces(): void {
    this.#tracer.clear();
  }

  nextDeadline(): Micros {
    return Math.min(this.#held.nextDeadline(), this.#services.nextDeadline());
  }

  save(): TrafficState {
    return {
      held: this.#held.save(),
      services: this.#services.save(),
      identification: this.#fragmenter.save(),
      traces: this.#tracer.save(),
    };
  }

  restore({ held, services, identification, traces }: TrafficState): void {
    this.#held.restore(held);
    this.#services.restore(services);
    this.#fragmenter.restore(identification);
    this.#tracer.restore(traces);
  }

  /** Sees what goes into the data plane, while packets are recorded. */
  #takeUp(): ((bytes: Uint8Array, options: InjectOptions) => void) | undefined {
    if (!this.#tracer.isOn) return undefined;
    const { now, options } = this.#effects.moment();
    const names = options.interfaces.map(({ name }) => name);
    return (bytes, how) => {
      this.#tracer.record(now, bytes, how, names, () => this.#explainer.explain(bytes, how));
    };
  }

  #act(decision: Decision): void {
    const { bytes, options } = decision;
    switch (decision.kind) {
      case 'transmit':
        this.#effects.emit({ kind: 'transmit', interfaceIndex: decision.interfaceIndex, bytes });
        break;
      case 'local':
        this.#deliver(bytes, options);
        break;
      case 'lookup':
        this.#lookup(bytes, options);
        break;
      case 'fragment':
        for (const fragment of decision.fragments) this.#path.push(fragment, options);
        break;
      case 'refuse':
        this.#lose(`packet:${decision.reason}`, bytes, options);
        if (decision.error !== undefined) this.#refuse(decision.error, bytes, options, decision.mtu);
        break;
      case 'too-long':
        this.#tooLong(bytes, options);
        break;
    }
  }

  /** No buffer of the data plane takes it: one of our own goes in pieces. */
  #tooLong(bytes: Uint8Array, options: InjectOptions): void {
    const isOwn = options.originated === true;
    const ip = decodeIp(bytes);
    const isV4 = ip.ok && ip.value.family === 4;
    const wayOut = ip.ok ? this.#effects.moment().underlay.resolve(ip.value.destination) : undefined;
    const mtu = isV4 ? Math.min(wayOut?.mtu ?? DEFAULT_MTU, DEFAULT_MTU) : MIN_MTU_V6;
    const fragments = isOwn ? this.#fragmenter.split(bytes, mtu, isOwn) : [];
    if (fragments.length === 0) this.#lose('packet:too-long', bytes, options);
    for (const fragment of fragments) this.#path.push(fragment, options);
  }

  /** Own packets have nobody to tell. */
  #refuse(cause: ErrorCause, bytes: Uint8Array, options: InjectOptions, mtu: number): void {
    if (options.originated === true) return;
    const { interfaceIndex, decapsulated = false } = options;
    const { now } = this.#effects.moment();
    this.#services.refuse(now, { cause, bytes, interfaceIndex, decapsulated, mtu }, this.#addresses());
  }

  #lookup(bytes: Uint8Array, options: InjectOptions): void {
    const ip = decodeIp(bytes);
    if (!ip.ok) return;
    const eid: Eid = { instanceId: options.instanceId ?? 0, address: ip.value.destination };
    const verdict = this.#held.offer(this.#effects.moment().now, eid, bytes, options);
    if (verdict === 'hold') this.#count(`packet:${verdict}`, bytes);
    else this.#lose(`packet:${verdict}`, bytes, options);
    this.#effects.lookup(eid, ip.value.source);
  }

  /** A packet for the router itself. */
  #deliver(bytes: Uint8Array, options: InjectOptions): void {
    const { now } = this.#effects.moment();
    const packet = readLocalPacket(bytes);
    switch (packet.kind) {
      case 'control':
        this.#effects.receive(packet.received);
        break;
      case 'rip': {
        const { ip, sourcePort, message } = packet;
        const { interfaceIndex } = options;
        if (this.#effects.hear({ interfaceIndex, source: ip.source, sourcePort, message })) break;
        this.#closedPort(bytes, options);
        break;
      }
      case 'icmp':
        this.#services.receive(now, packet.ip, packet.message, this.#addresses());
        break;
      case 'fragment': {
        const whole = this.#services.assemble(now, packet.ip, bytes, options.interfaceIndex);
        if (whole !== undefined) this.#deliverWhole(whole, options);
        break;
      }
      case 'lisp-data':
      case 'closed-port':
        this.#closedPort(bytes, options);
        break;
      case 'refused': {
        const { reason, detail } = packet;
        this.#effects.count(`drop:${reason}`, detail === undefined ? {} : { detail });
        break;
      }
    }
  }

  #closedPort(bytes: Uint8Array, options: InjectOptions): void {
    this.#lose('drop:closed-port', bytes, options);
    this.#refuse('port-unreachable', bytes, options, 0);
  }

  /** LISP data that came in fragments goes to the data plane, as it would have had it come in one piece. */
  #deliverWhole(bytes: Uint8Array, options: InjectOptions): void {
    const isData = options.originated !== true && readLocalPacket(bytes).kind === 'lisp-data';
    if (isData) this.#path.push(bytes, options);
    else this.#deliver(bytes, options);
  }

  #addresses(): LocalAddresses {
    const { underlay, options } = this.#effects.moment();
    return { underlay, lisp: options.lisp };
  }

  /** Counts a packet that ends here, also at the interface that it came in by. */
  #lose(name: string, bytes: Uint8Array, { interfaceIndex, originated = false }: InjectOptions): void {
    this.#count(name, bytes);
    if (!originated) this.#effects.countInputDrop(interfaceIndex);
  }

  #count(name: string, bytes: Uint8Array): void {
    this.#effects.count(name, packetFields(bytes));
  }
}

function packetFields(bytes: Uint8Array): TraceFields {
  const ip = decodeIp(bytes);
  if (!ip.ok) return { bytes: bytes.length };
  return { from: formatIp(ip.value.source), to: formatIp(ip.value.destination) };
}
