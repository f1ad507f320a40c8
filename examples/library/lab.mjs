// A lab of two sites with a host of our own in one of them: it asks a server in the other and measures for itself.
import { readdirSync, readFileSync } from 'node:fs';
import { createEngineSync } from 'pxtr';
import { createLab, formatLabError, ip, loadLab, seconds } from 'pxtr/sim';
import { buildIcmpPacket } from 'pxtr/wire';

/** Sends an echo request each second from 10 s on; what arrives is the reply to the last one. Times are microseconds. */
class Probe {
  name = 'probe';
  interfaces = ['eth0'];
  // All that the node knows, as plain data: this is what lets a lab step back.
  state = { next: seconds(10), sentAt: 0, trips: [] };
  save = () => this.state;
  restore = (state) => void (this.state = state);
  start = () => undefined;
  ping = () => undefined;
  nextDeadline = () => this.state.next;
  advance(now, arrivals, out) {
    if (arrivals.length > 0) this.state.trips.push(now - this.state.sentAt);
    if (now < this.state.next) return;
    Object.assign(this.state, { sentAt: now, next: now + seconds(1) });
    const addresses = { source: ip('192.168.1.10'), destination: ip('192.168.2.10'), ttl: 64 };
    const echo = { type: 'echo-request', identifier: 1, sequence: 1, data: new Uint8Array(56) };
    out.push({ kind: 'transmit', interfaceIndex: 0, bytes: buildIcmpPacket(addresses, echo) });
  }
}

const folder = new URL('two-sites/', import.meta.url);
const read = (name) => [name, readFileSync(new URL(name, folder), 'utf8')];
const file = loadLab(new Map(readdirSync(folder).map(read)));
if (!file.ok) throw new Error(file.error.map(formatLabError).join('\n'));
const probe = new Probe();
const lab = createLab(file.value, { makeDataPlane: () => createEngineSync(), nodes: [probe] });
console.log(lab.run(seconds(15)).logHash, probe.state.trips.map((trip) => `${trip / 1000} ms`).join(', '));
console.log(lab.narration().slice(0, 19).join('\n'));
