/**
 * The one description of the engine's memory and codes, read by asc and by tsc. Untyped integer constants only;
 * imports nothing.
 */

// ---- verdicts: what became of a packet -------------------------------------------------------------------------

export const VERDICT_NONE = 0;
/** Send as it is out of the interface, by the underlay. */
export const VERDICT_NATIVE = 1;
/** LISP-encapsulated; send out of the interface. */
export const VERDICT_ENCAP = 2;
/** The control plane must look at it; `reason` says why. */
export const VERDICT_PUNT = 3;
/** Nobody gets it; `reason` says why. */
export const VERDICT_DROP = 4;

// ---- reasons: one number space for punts and drops; each has a text in src/engine/counters.ts ------------------

/** Neither punted nor dropped. */
export const REASON_NONE = 0;
// punts
/** To one of the router's own addresses. */
export const REASON_LOCAL = 1;
/** No Map-Cache entry covers the destination: the mapping system must be asked. */
export const REASON_MAP_CACHE_MISS = 2;
/** The longest match says "always ask". */
export const REASON_SEND_MAP_REQUEST = 3;
/** The TTL ends here; an ICMP error is due. */
export const REASON_TTL_EXPIRED = 4;
/** Larger than the way out takes, once headers are added. */
export const REASON_TOO_BIG = 5;
// drops: the packet itself
export const REASON_TRUNCATED = 16;
export const REASON_BAD_VERSION = 17;
export const REASON_BAD_HEADER = 18;
export const REASON_BAD_CHECKSUM = 19;
/** Multicast, broadcast or unspecified where a unicast address is needed. */
export const REASON_NOT_UNICAST = 20;
// drops: decapsulation
export const REASON_LISP_TRUNCATED = 24;
export const REASON_UDP_CHECKSUM = 25;
/** KK is not 0: no key for encrypted payloads. */
export const REASON_LISP_KEY = 26;
/** Instance ID without a table here. */
export const REASON_UNKNOWN_INSTANCE = 27;
/** Inner packet truncated, of unknown version, or longer than its envelope. */
export const REASON_BAD_INNER = 28;
/** Outer CE on a not-ECN-capable inner packet (RFC 6040). */
export const REASON_ECN = 29;
/** ETR: the inner destination is not one of its EIDs. */
export const REASON_NOT_LOCAL_EID = 30;
/** PETR: the inner source belongs to no served site (IW-09). */
export const REASON_SOURCE_DENIED = 31;
/** More than two LISP headers (DP-32). */
export const REASON_NESTED = 32;
/** GPE: a Next Protocol that is not known here, or not the one inside (RFC 9305). */
export const REASON_NEXT_PROTOCOL = 33;
/** GPE: a shim header that is not known here. */
export const REASON_GPE_SHIM = 34;
/** GPE over IPv6 without a UDP checksum, where that has not been agreed on (DP-42). */
export const REASON_GPE_CHECKSUM = 35;
// drops: forwarding
export const REASON_NO_ACTION = 40;
/** The Map-Cache entry says to drop, ACT 3 (RFC 9301 §5.4). */
export const REASON_DROP_NO_REASON = 41;
export const REASON_POLICY_DENIED = 42;
export const REASON_AUTH_FAILURE = 43;
/** Positive entry without a locator that can be used. */
export const REASON_NO_USABLE_RLOC = 44;
/** The underlay has no route to the destination or to the locator. */
export const REASON_NO_ROUTE = 45;
/** The underlay route is a discard route: a hole inside an aggregate (IW-15). */
export const REASON_AGGREGATE_HOLE = 46;
export const REASON_COUNT = 64;

// ---- policy flags of an EID prefix; a packet sees the union over all prefixes that cover its address -------------

/** Packets from here may be encapsulated by this ITR. */
export const POLICY_ITR_SOURCE = 1;
/** Decapsulated packets to here are accepted by this ETR. */
export const POLICY_ETR_DESTINATION = 2;
/** Packets to here are encapsulated by this PITR, whoever sent them. */
export const POLICY_PITR_DESTINATION = 4;
/** Decapsulated packets from here are accepted by this PETR. */
export const POLICY_PETR_SOURCE = 8;
/** Decapsulated packets to here are accepted and encapsulated again by this RTR. */
export const POLICY_RTR_DESTINATION = 16;

// ---- entry actions: 0..7 are ACT codes (RFC 9301 §5.4), FORWARD is a positive entry --------------------------------

/** The entry has locators: encapsulate to one of them. */
export const ACTION_FORWARD = 8;

// ---- next hops ---------------------------------------------------------------------------------------------------

export const NEXT_HOP_LOCAL = 1;
export const NEXT_HOP_CONNECTED = 2;
export const NEXT_HOP_VIA = 3;
export const NEXT_HOP_DISCARD = 4;

// ---- descriptor flags ----------------------------------------------------------------------------------------------

/** In: made by this router; its TTL is not lowered. */
export const DESC_ORIGINATED = 1;
/** In and out: one LISP header has been taken off on this router. */
export const DESC_DECAPSULATED = 2;
/** Between RLOCs, whatever the tables say of their addresses: steps 6 to 8 are skipped. */
export const DESC_UNDERLAY = 4;
/** Out: a REPORT lies at the beginning of the buffer. */
export const DESC_REPORTED = 8;

// ---- memory map --------------------------------------------------------------------------------------------------
//
// 0x0000_0000  null page   1 KiB   never a valid pointer
// 0x0000_0400  CONTROL     7 KiB   words below, worker epochs, section table
// 0x0000_2000              56 KiB  static data of debug builds; release has none
// 0x0001_0000  sections, in the order of their SECTION_ numbers, each 64-byte aligned
//
// docs/memory.md draws each record and says who writes it.

export const CONTROL_OFFSET = 0x400;
export const CONTROL_BYTES = 0x1c00;
export const SECTIONS_START = 0x1_0000;
export const PAGE_BYTES = 0x1_0000;

/** 'PXTR' in memory order. */
export const MAGIC = 0x5254_5850;
/** Counts up with every change of this file that moves or reinterprets memory. */
export const LAYOUT_VERSION = 4;

export const CONTROL_MAGIC_OFFSET = 0;
export const CONTROL_LAYOUT_VERSION_OFFSET = 4;
export const CONTROL_WORKER_COUNT_OFFSET = 8;
export const CONTROL_FLAGS_OFFSET = 12;
/** Pointer to the live snapshot; a cache line of its own. */
export const CONTROL_SNAPSHOT_OFFSET = 64;
/** Bumped after each publish; a cache line of its own. */
export const CONTROL_EPOCH_OFFSET = 128;
/** Per worker, a cache line each: the epoch it read when its batch began, or EPOCH_IDLE. */
export const CONTROL_SEEN_OFFSET = 192;
export const CONTROL_SEEN_STRIDE_SHIFT = 6;
/** { u32 offset, u32 bytes } per section. */
export const CONTROL_SECTIONS_OFFSET = 4352;
/** A VRF record of zeros: what packets of an unknown instance meet. */
export const CONTROL_EMPTY_VRF_OFFSET = 0x1b00;

export const MAX_WORKERS = 64;
export const EPOCH_IDLE = -1;
/** Control flag, for tests only: retired memory is reused at once, readers or not. */
export const CONTROL_NO_GRACE = 1;

export const SECTION_COUNTERS = 0;
export const SECTION_ENTRIES = 1;
export const SECTION_HITS = 2;
export const SECTION_BUCKETS = 3;
export const SECTION_REWRITES = 4;
export const SECTION_REWRITE_SIDE = 5;
export const SECTION_NEXT_HOPS = 6;
export const SECTION_SNAPSHOTS = 7;
export const SECTION_DESCRIPTORS = 8;
export const SECTION_BUFFERS = 9;
export const SECTION_WORK = 10;
export const SECTION_SCRATCH = 11;
export const SECTION_FIB = 12;
export const SECTION_COUNT = 13;

// ---- COUNTERS: u64 columns of one row per worker; single writer ----------------------------------------------------

export const COUNTER_RECEIVED_PACKETS = 0;
export const COUNTER_RECEIVED_BYTES = 1;
export const COUNTER_NATIVE_PACKETS = 2;
export const COUNTER_NATIVE_BYTES = 3;
export const COUNTER_ENCAP_PACKETS = 4;
export const COUNTER_ENCAP_BYTES = 5;
export const COUNTER_DECAP_PACKETS = 6;
export const COUNTER_DECAP_BYTES = 7;
export const COUNTER_PUNTED = 8;
export const COUNTER_DROPPED = 9;
/** One column per REASON_ code. */
export const COUNTER_REASONS = 16;
/** COUNTER_REASONS + REASON_COUNT. */
export const COUNTER_COUNT = 80;
/** COUNTER_COUNT * 8: five lines of 128 bytes, so that two workers never share one. */
export const COUNTER_ROW_BYTES = 640;

// ---- ENTRY, HITS, BUCKETS ----------------------------------------------------------------------------------------------
//
//  0        1        2                4                        8                        12               16
// +--------+--------+----------------+------------------------+------------------------+----------------+
// | action | flags  | bucket mask    | bucket base -> BUCKETS | instance ID            | serial         |
// +--------+--------+----------------+------------------------+------------------------+----------------+
// HITS is u64[workers][entries]: a column apart, since only it is written by packets.

export const ENTRY_BYTES = 16;
export const ENTRY_BYTES_SHIFT = 4;
export const ENTRY_ACTION_OFFSET = 0;
export const ENTRY_FLAGS_OFFSET = 1;
export const ENTRY_BUCKET_MASK_OFFSET = 2;
export const ENTRY_BUCKET_BASE_OFFSET = 4;
export const ENTRY_INSTANCE_OFFSET = 8;
/** Which use of the slot this is: counts up each time the slot is written. */
export const ENTRY_SERIAL_OFFSET = 12;
/** Entry flag: forwards, and has at least one bucket. */
export const ENTRY_HAS_TARGET = 1;

/** A bucket is the u32 index of a rewrite; a row of them has a power-of-two length. */
export const BUCKET_BYTES = 4;
export const BUCKET_ROW_MAX = 256;

// ---- REWRITE: the outer headers of one (source, destination, instance), ready to copy ---------------------------------
//
//  0                                                        56       57       58               60               64
// +--------------------------------------------------------+--------+--------+----------------+----------------+
// | outer IP + UDP + LISP: 36 bytes (IPv4) or 56 (IPv6)    | length | family | out interface  | next hop       |
// +--------------------------------------------------------+--------+--------+----------------+----------------+
// SIDE, 16 B: | u32 sum of the IPv4 header words that never change | u32 largest inner packet | u32 flags | u32 0 |

export const REWRITE_BYTES = 64;
export const REWRITE_BYTES_SHIFT = 6;
/**
 * Of an IPv4 header, for the express lane: u16 sum, folded; u16 largest inner packet, where 0 keeps that lane away.
 */
export const REWRITE_EXPRESS_OFFSET = 40;
export const REWRITE_LENGTH_OFFSET = 56;
export const REWRITE_FAMILY_OFFSET = 57;
export const REWRITE_INTERFACE_OFFSET = 58;
export const REWRITE_NEXT_HOP_OFFSET = 60;
export const REWRITE_SIDE_BYTES = 16;
export const REWRITE_SIDE_BYTES_SHIFT = 4;
export const REWRITE_SIDE_SUM_OFFSET = 0;
export const REWRITE_SIDE_MTU_OFFSET = 4;
/** What the copied headers do not say yet; 0 for nearly all. Others keep off the express lane. */
export const REWRITE_SIDE_FLAGS_OFFSET = 8;
/** Rewrite flag: the outer UDP checksum is computed. */
export const REWRITE_CHECKSUM = 1;
/** Rewrite flag: LISP-GPE, the Next Protocol is that of the inner packet. */
export const REWRITE_GPE = 2;
/** Rewrite flag: not a rewrite. Stands in rows whose locators are all down, with no room for any packet. */
export const REWRITE_NONE = 4;

// ---- NEXT HOP ----------------------------------------------------------------------------------------------------------
//
//  0        1        2                4                8                16                                    32
// +--------+--------+----------------+----------------+----------------+--------------------------------------+
// | kind   | flags  | interface      | mtu            | gateway family | gateway, 4 words in host order       |
// +--------+--------+----------------+----------------+----------------+--------------------------------------+

export const NEXT_HOP_BYTES = 32;
export const NEXT_HOP_BYTES_SHIFT = 5;
export const NEXT_HOP_KIND_OFFSET = 0;
export const NEXT_HOP_FLAGS_OFFSET = 1;
export const NEXT_HOP_INTERFACE_OFFSET = 2;
export const NEXT_HOP_MTU_OFFSET = 4;
export const NEXT_HOP_GATEWAY_FAMILY_OFFSET = 8;
export const NEXT_HOP_GATEWAY_OFFSET = 16;
/** Next-hop flag: reached by the default route, so LISP is asked first (RFC 9300 §4.2). */
export const NEXT_HOP_DEFAULT_ROUTE = 1;

// ---- SNAPSHOT: everything one batch sees; never changed while a reader may hold it -------------------------------------
//
//  0                4                8                12               16
// +----------------+----------------+----------------+----------------+------------------------------------------
// | generation     | VRF count      | flags          | 0              | VRF records, ascending by instance ID ...
// +----------------+----------------+----------------+----------------+------------------------------------------
// VRF, 64 B:
//  0                4                    16                   28                  40           48        52      64
// +----------------+--------------------+--------------------+-------------------+------------+---------+-------+
// | instance ID    | IPv4 roots: routes,| IPv6 roots: routes,| 0                 | PETR entry | kinds:  | 0     |
// |                | cache, policy      | cache, policy      |                   | +1 v4, v6  | v4, v6  |       |
// +----------------+--------------------+--------------------+-------------------+------------+---------+-------+

export const SNAPSHOT_COUNT = 8;
export const SNAPSHOT_HEADER_BYTES = 64;
export const SNAPSHOT_GENERATION_OFFSET = 0;
export const SNAPSHOT_VRF_COUNT_OFFSET = 4;
export const SNAPSHOT_FLAGS_OFFSET = 8;
/** Snapshot flag: this router is a PETR. */
export const SNAPSHOT_PROXY_ETR = 1;
/** Snapshot flag: LISP headers that are taken off are told to the control plane (REPORT). */
export const SNAPSHOT_REPORT = 2;
/** Snapshot flag: P=1 means LISP-GPE; otherwise the bit is ignored. */
export const SNAPSHOT_GPE = 4;
/** Snapshot flag: GPE over IPv6 may come without a UDP checksum. */
export const SNAPSHOT_GPE_ZERO_CHECKSUM = 8;
/** Snapshot flag: UDP checksums are not looked at. */
export const SNAPSHOT_UNVERIFIED = 16;

export const VRF_BYTES = 64;
export const VRF_BYTES_SHIFT = 6;
export const VRF_INSTANCE_OFFSET = 0;
export const VRF_ROOTS4_OFFSET = 4;
export const VRF_ROOTS6_OFFSET = 16;
export const VRF_PETR4_OFFSET = 40;
export const VRF_PETR6_OFFSET = 44;
export const VRF_KINDS4_OFFSET = 48;
export const VRF_KINDS6_OFFSET = 51;
/** Which of the three tables of a (VRF, family). */
export const TABLE_ROUTES = 0;
export const TABLE_CACHE = 1;
export const TABLE_POLICY = 2;
export const TABLE_COUNT = 3;

// ---- DESCRIPTOR: a packet and what became of it ------------------------------------------------------------------------
//
//  0           4       6       8       10      11     12      13  14     16         20         24         28        32
// +-----------+-------+-------+-------+-------+------+-------+---+------+----------+----------+----------+---------+
// | buffer    |offset |length |in if  |verdict|flags |reason | 0 | mtu  | next hop | flow hash| instance | cookie  |
// |           |       |       |       |       |      |       |   |      | +1       |          |          |         |
// +-----------+-------+-------+-------+-------+------+-------+---+------+----------+----------+----------+---------+

export const DESC_BYTES = 32;
export const DESC_BYTES_SHIFT = 5;
export const DESC_BUFFER_OFFSET = 0;
export const DESC_OFFSET_OFFSET = 4;
export const DESC_LENGTH_OFFSET = 6;
export const DESC_IN_INTERFACE_OFFSET = 8;
export const DESC_VERDICT_OFFSET = 10;
export const DESC_FLAGS_OFFSET = 11;
export const DESC_REASON_OFFSET = 12;
export const DESC_MTU_OFFSET = 14;
export const DESC_NEXT_HOP_OFFSET = 16;
export const DESC_FLOW_HASH_OFFSET = 20;
export const DESC_INSTANCE_OFFSET = 24;
export const DESC_COOKIE_OFFSET = 28;

/** An odd multiple of 64, so that buffers do not compete for the same cache sets. */
export const BUFFER_BYTES = 2240;
/** Room in front of a packet for outer headers. */
export const BUFFER_HEADROOM = 128;
/** BUFFER_BYTES - BUFFER_HEADROOM: the largest packet that can be injected. */
export const MAX_PACKET_BYTES = 2112;

// REPORT, 64 B at the beginning of a buffer, below all that outer headers can reach: the last LISP header taken off
//  0        1        2                8                16                32                48                64
// +--------+--------+----------------+----------------+-----------------+-----------------+-----------------+
// | outer  | inner  | 0              | LISP header    | outer source    | outer destina-  | inner source    |
// | family | family |                | as received    | 4 words         | tion            |                 |
// +--------+--------+----------------+----------------+-----------------+-----------------+-----------------+
// Addresses are words in host order; of an IPv4 address the first counts.

export const REPORT_BYTES = 64;
export const REPORT_FAMILY_OFFSET = 0;
export const REPORT_INNER_FAMILY_OFFSET = 1;
export const REPORT_HEADER_OFFSET = 8;
export const REPORT_SOURCE_OFFSET = 16;
export const REPORT_DESTINATION_OFFSET = 32;
export const REPORT_INNER_SOURCE_OFFSET = 48;

// ---- WORK: what the stages of one batch hand to each other, per worker -------------------------------------------------

/** Packets a worker takes between two looks at the snapshot: bounds how long retired memory waits. */
export const BATCH_MAX = 256;

// ROW, 64 B; the second half of a 128-byte pair is the candidate inner packet while it is being judged:
//  0        4        8        12       16    17    18    19    20     22    23    24          40          56     60   64
// +--------+--------+--------+--------+-----+-----+-----+-----+------+-----+-----+-----------+-----------+------+-----+
// | descr. | packet | length | VRF    | fam | ttl | prot| frag|header|depth| tos | dst 4 x u32| src 4xu32 | route|hash |
// +--------+--------+--------+--------+-----+-----+-----+-----+------+-----+-----+-----------+-----------+------+-----+

export const ROW_PAIR_BYTES = 128;
export const ROW_BYTES = 64;
export const ROW_DESC_OFFSET = 0;
export const ROW_PACKET_OFFSET = 4;
export const ROW_LENGTH_OFFSET = 8;
export const ROW_VRF_OFFSET = 12;
export const ROW_FAMILY_OFFSET = 16;
export const ROW_TTL_OFFSET = 17;
export const ROW_PROTOCOL_OFFSET = 18;
/** 1 for any fragment of an IPv4 packet. */
export const ROW_FRAGMENT_OFFSET = 19;
/** IP header bytes (u16). */
export const ROW_HEADER_OFFSET = 20;
/** LISP headers taken off so far. */
export const ROW_DEPTH_OFFSET = 22;
export const ROW_TOS_OFFSET = 23;
export const ROW_DESTINATION_OFFSET = 24;
export const ROW_SOURCE_OFFSET = 40;
export const ROW_ROUTE_OFFSET = 56;
export const ROW_HASH_OFFSET = 60;

export const WORK_ROWS_OFFSET = 0;
/** Lists of row pointers, u32[BATCH_MAX] each. */
export const WORK_ACTIVE_OFFSET = 32768;
export const WORK_DECAP_OFFSET = 33792;
export const WORK_CANDIDATES_OFFSET = 34816;
/** Lookup results, u32[BATCH_MAX] each, in the order of the list that was looked up. */
export const WORK_RESULT_OFFSET = 35840;
export const WORK_RESULT2_OFFSET = 36864;
/** Lookup keys, 16 B x BATCH_MAX. */
export const WORK_KEYS_OFFSET = 37888;
// COLUMNS of the express lane (assembly/express.ts), u32[BATCH_MAX] each: item i of all is about the same packet.
/** First byte of the IP header. */
export const EXPRESS_PACKET_OFFSET = 41984;
export const EXPRESS_DESC_OFFSET = 43008;
/** Host order: lookup keys. */
export const EXPRESS_SOURCE_OFFSET = 44032;
export const EXPRESS_DESTINATION_OFFSET = 45056;
export const EXPRESS_HASH_OFFSET = 46080;
/** Words 0 (version, TOS, length) and 2 (TTL, protocol, checksum) of the header as they lie. */
export const EXPRESS_FIRST_OFFSET = 47104;
export const EXPRESS_TTL_OFFSET = 48128;
/** Results of the lookups; in the end the address of the rewrite in place of the match. */
export const EXPRESS_ROUTE_OFFSET = 49152;
export const EXPRESS_TOWARD_OFFSET = 50176;
export const EXPRESS_FROM_OFFSET = 51200;
export const EXPRESS_MATCH_OFFSET = 52224;
export const EXPRESS_REWRITE_OFFSET = 53248;
/** Descriptors that the express lane leaves to the ordinary way. */
export const WORK_LEFT_OFFSET = 54272;
/** Batches for which the express lane is not tried. */
export const WORK_SKIP_OFFSET = 55296;
export const WORK_BYTES = 55424;

// ---- SCRATCH of the control thread: prefix specs, lookup keys and results ----------------------------------------------
//
// PREFIX SPEC, 24 B:
//  0                                    16     17       18       20                24
// +------------------------------------+------+--------+--------+-----------------+
// | word[4], host order, most          | bits | family | 0      | value; 0 in a   |
// | significant first                  |      | 4 or 6 |        | batch = remove  |
// +------------------------------------+------+--------+--------+-----------------+

export const SPEC_BYTES = 24;
export const SPEC_BITS_OFFSET = 16;
export const SPEC_FAMILY_OFFSET = 17;
export const SPEC_VALUE_OFFSET = 20;
export const SCRATCH_SPEC_COUNT = 256;
export const SCRATCH_SPECS_OFFSET = 0;
/** 16 B x BATCH_MAX. */
export const SCRATCH_KEYS_OFFSET = 6144;
export const SCRATCH_RESULTS_OFFSET = 10240;
export const SCRATCH_BYTES = 11264;

// ---- FIB ARENA: header, then blocks; see assembly/arena.ts --------------------------------------------------------------
//
//  0        4        8        12       16       20       24  64
// +--------+--------+--------+--------+--------+--------+---+-----------------------------------------+----------
// | next   | end    | txn    | live   | retired| mark   | 0 | class: { free, retired head, tail, count} x 128 | blocks
// +--------+--------+--------+--------+--------+--------+---+-----------------------------------------+----------
// BLOCK:   | u32 stamp | u32 link | payload ... |     a pointer to a block is a pointer to its payload

export const ARENA_NEXT_OFFSET = 0;
export const ARENA_END_OFFSET = 4;
/** The epoch that the changes being made now will be published as. */
export const ARENA_TRANSACTION_OFFSET = 8;
export const ARENA_LIVE_BYTES_OFFSET = 12;
export const ARENA_RETIRED_BYTES_OFFSET = 16;
/** `next` when the transaction began. */
export const ARENA_MARK_OFFSET = 20;
export const ARENA_CLASSES_OFFSET = 64;
export const ARENA_CLASS_COUNT = 128;
export const ARENA_CLASS_BYTES = 16;
export const ARENA_CLASS_FREE_OFFSET = 0;
export const ARENA_CLASS_HEAD_OFFSET = 4;
export const ARENA_CLASS_TAIL_OFFSET = 8;
/** Blocks in the free list. */
export const ARENA_CLASS_COUNT_OFFSET = 12;
export const ARENA_HEADER_BYTES = 2112;
export const BLOCK_HEADER_BYTES = 8;

// ---- longest-prefix match ------------------------------------------------------------------------------------------------

export const LPM_LINEAR = 1;
export const LPM_PATRICIA = 2;
/** dir18-run and dir24-8 with leaves of two bytes (values up to 32,767), and of four (up to 2^31 - 1). */
export const LPM_DIR18_RUN_NARROW = 3;
export const LPM_DIR18_RUN = 4;
export const LPM_DIR24_8_NARROW = 5;
export const LPM_DIR24_8 = 6;
export const LPM_COMPARE = 7;
/** The same two sizes. */
export const LPM_DIR24_STRIDE6_NARROW = 8;
export const LPM_DIR24_STRIDE6 = 9;
/** From here on, kinds that only the research build has (assembly/lpm/research). */
export const LPM_FIRST_RESEARCH = 16;
export const LPM_BINARY_TRIE = 16;
export const LPM_TREE_BITMAP = 17;
export const LPM_MULTIBIT = 18;
export const LPM_POPTRIE_NARROW = 19;
export const LPM_POPTRIE = 20;
export const LPM_DXR_NARROW = 21;
export const LPM_DXR = 22;
export const LPM_SAIL_NARROW = 23;
export const LPM_SAIL = 24;
export const LPM_HASH_LENGTH = 25;
export const LPM_LAST_RESEARCH = 25;
/** In place of a root: the leaves of the table cannot hold a value; nothing was changed. */
export const LPM_TOO_NARROW = 2;
/** Root of a table that holds nothing, where 0 would mean failure. Lookups take both 0 and this for empty. */
export const EMPTY_ROOT = 1;

/** Capabilities of a kind. */
export const CAP_V4 = 1;
export const CAP_V6 = 2;
/** Single prefixes can be inserted and removed; otherwise the table is built whole. */
export const CAP_INSERT = 4;
/** What a reader sees of a change: the whole table before or after it... */
export const ATOMICITY_SNAPSHOT = 1;
/** ...or that, address by address. */
export const ATOMICITY_PER_ADDRESS = 2;

// ---- OFFLOAD: packets larger than the wire; see assembly/offload/ -----------------------------------------------------
//
// struct virtio_net_hdr in front of an IP packet, 10 B, little-endian:
//  0       1       2               4               6               8               10
// +-------+-------+---------------+---------------+---------------+---------------+----------
// | flags | type  | header bytes  | segment bytes | checksum from | checksum at   | IP packet
// +-------+-------+---------------+---------------+---------------+---------------+----------

export const VIRTIO_BYTES = 10;
export const VIRTIO_FLAGS_OFFSET = 0;
export const VIRTIO_TYPE_OFFSET = 1;
/** Only a hint: the kernel puts the length of its linear part here. */
export const VIRTIO_HEADER_OFFSET = 2;
export const VIRTIO_SEGMENT_OFFSET = 4;
export const VIRTIO_CHECKSUM_START_OFFSET = 6;
/** Where the checksum field lies, from CHECKSUM_START on. */
export const VIRTIO_CHECKSUM_AT_OFFSET = 8;
/** Flag: the checksum field holds the sum of the pseudo-header only. */
export const VIRTIO_NEEDS_CHECKSUM = 1;
export const VIRTIO_NONE = 0;
export const VIRTIO_TCP4 = 1;
export const VIRTIO_TCP6 = 4;
/** UDP_L4: datagrams, not fragments of one. */
export const VIRTIO_UDP = 5;
/** Of the type: the first segment has CWR. */
export const VIRTIO_ECN = 0x80;

/** Why a frame cannot be taken; calls return it negative. */
export const OFFLOAD_TRUNCATED = 1;
export const OFFLOAD_BAD_TYPE = 2;
export const OFFLOAD_BAD_HEADER = 3;
/** A length in a header is not that of the packet. */
export const OFFLOAD_BAD_LENGTH = 4;
export const OFFLOAD_FRAGMENT = 5;
/** Neither TCP nor UDP, or not what the type says. */
export const OFFLOAD_BAD_PROTOCOL = 6;
/** The checksum is not where the type has it, or outside the packet. */
export const OFFLOAD_BAD_CHECKSUM = 7;
/** More segments than slots, or more packets than BATCH_MAX. */
export const OFFLOAD_NO_SLOTS = 8;
/** A segment does not fit into a slot, or the packets do not fit into the output. */
export const OFFLOAD_NO_ROOM = 9;

// OUTLINE, 8 B: where the headers of a packet end. It begins a PLAN (of a split) and a MEMBER (of a group).
//  0        1        2        4        6        8            12              16
// +--------+--------+--------+--------+--------+------------+---------------+
// | family | proto- | TCP or | header | 0      | PLAN:      | bytes of the  |
// | or 0   | col | 0| UDP at | bytes  |        | segments   | largest one   |
// +--------+--------+--------+--------+--------+------------+---------------+

/** 0 when not even the addresses can be read. */
export const OUTLINE_FAMILY_OFFSET = 0;
/** 0 when there are no ports to be read. */
export const OUTLINE_PROTOCOL_OFFSET = 1;
export const OUTLINE_TRANSPORT_OFFSET = 2;
export const OUTLINE_HEADER_OFFSET = 4;
export const PLAN_SEGMENTS_OFFSET = 8;
export const PLAN_SEGMENT_BYTES_OFFSET = 12;
export const PLAN_BYTES = 16;

// MEMBER, 64 B: a packet of a batch. What follows `next` counts only in the first of a group.
//  0         8        12       16       20       24       28       32       36       40       44      46      48
// +---------+--------+--------+--------+--------+--------+--------+--------+--------+--------+-------+-------+------
// | OUTLINE | packet | bytes  | next   | last   | next   | members| bytes  | segment| next   | next  | IPv4  | 0
// |         |        |        |        |        | open   | or 0   | in all | bytes  | seq    | IP id | id mode
// +---------+--------+--------+--------+--------+--------+--------+--------+--------+--------+-------+-------+------

export const MEMBER_BYTES = 64;
export const MEMBER_BYTES_SHIFT = 6;
export const MEMBER_PACKET_OFFSET = 8;
export const MEMBER_LENGTH_OFFSET = 12;
export const MEMBER_NEXT_OFFSET = 16;
export const MEMBER_LAST_OFFSET = 20;
/** The next open group of the same bucket. */
export const MEMBER_OPEN_OFFSET = 24;
/** 0 in all but the first. */
export const MEMBER_COUNT_OFFSET = 28;
export const MEMBER_TOTAL_OFFSET = 32;
export const MEMBER_SEGMENT_OFFSET = 36;
export const MEMBER_SEQUENCE_OFFSET = 40;
/** u16: the IPv4 identification that the next member has. */
export const MEMBER_ID_OFFSET = 44;
/** u16: what it grows by, once there are two members. */
export const MEMBER_ID_STEP_OFFSET = 46;

/** A group is open when a bucket leads to it: u32[256], by addresses. */
export const GROUPS_BUCKETS_OFFSET = 16384;
/** BATCH_MAX members and the buckets. */
export const GROUPS_BYTES = 17408;

// FRAME, 16 B, what a coalesced batch became:
//  0            4            8            12           16
// +------------+------------+------------+------------+
// | address    | bytes      | packets    | index of   |
// | of virtio  | with it    |            | the first  |
// +------------+------------+------------+------------+

export const FRAME_BYTES = 16;
export const FRAME_ADDRESS_OFFSET = 0;
export const FRAME_LENGTH_OFFSET = 4;
export const FRAME_PACKETS_OFFSET = 8;
export const FRAME_FIRST_OFFSET = 12;
/** Largest IP packet in a frame. */
export const FRAME_MAX_PACKET = 65535;
/** Coalesce flag: packets with DF that all have one IP id count as consecutive; split gives them ids that count up. */
export const COALESCE_FIXED_ID = 1;
/** Coalesce flag: UDP too; not every kernel takes such frames (Linux 6.2). */
export const COALESCE_UDP = 2;

// RUN, 24 B: datagrams that one send with UDP_SEGMENT carries. PIECE, 16 B, a datagram: { u64 address, u64 bytes }, in
// the order of the runs, which is a `struct iovec` when the address of the memory is added.
//  0            4            8            12           16       18       20       24
// +------------+------------+------------+------------+--------+--------+--------+
// | first      | index of   | packets    | payload    | segment| outer  | 0      |
// | packet     | its piece  |            | bytes      | bytes  | bytes  |        |
// +------------+------------+------------+------------+--------+--------+--------+

export const RUN_BYTES = 24;
export const RUN_PACKET_OFFSET = 0;
export const RUN_PIECE_OFFSET = 4;
export const RUN_PACKETS_OFFSET = 8;
export const RUN_LENGTH_OFFSET = 12;
/** 0 for a packet that goes as it is. */
export const RUN_SEGMENT_OFFSET = 16;
/** IP and UDP header bytes in front of each piece, which the kernel makes anew. */
export const RUN_OUTER_OFFSET = 18;
export const PIECE_BYTES = 16;
/** UDP_MAX_SEGMENTS of kernels before 6.10, UDP_GRO_CNT_MAX of all. */
export const UDP_MAX_SEGMENTS = 64;
/** Largest UDP payload over IPv4: 65535 - 28. */
export const RUN_MAX_PAYLOAD = 65507;
