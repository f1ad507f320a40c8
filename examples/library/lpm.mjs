// Longest-prefix match alone: prefixes with numbers, one lookup, and many at once.
import { cidr, createLpmSync, ip } from 'pxtr';

const lpm = createLpmSync();
lpm.insert(cidr('10.0.0.0/8'), 1);
lpm.insert(cidr('10.1.0.0/16'), 2);
lpm.insert(cidr('2001:db8::/32'), 3);
lpm.publish();

console.log(lpm.lookup(ip('10.1.2.3')), lpm.lookup(ip('2001:db8::1')), lpm.lookup(ip('192.0.2.1')));

// One word for each IPv4 key: 10.1.2.3, 10.2.3.4, 192.0.2.1. 0 is no match.
console.log(lpm.lookupBatch(4, Uint32Array.of(0x0a010203, 0x0a020304, 0xc0000201)).join(' '));
