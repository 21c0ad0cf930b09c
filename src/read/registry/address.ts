import { BlockList, isIP } from 'node:net';

/**
 * How far inside a network an address lies. A registry that is out in the internet has no business to send this
 * process to the machine it runs on or to the network around it (server-side request forgery), and nobody has any
 * business to send it to a cloud's metadata service.
 */
export type AddressClass = 'public' | 'private' | 'loopback' | 'forbidden';

/** What a request may connect to: nothing further inside than this class; `any` where the user named the host. */
export type Reach = Exclude<AddressClass, 'forbidden'> | 'any';

const DEPTH = { public: 0, private: 1, loopback: 2, any: 3, forbidden: 4 } as const;

export function isWithinReach(address: AddressClass, reach: Reach): boolean {
  return reach === 'any' || DEPTH[address] <= DEPTH[reach];
}

/** The one of two that lies further outside, so that more hops never open more doors. */
export function toOuterReach(a: Reach, b: Reach): Reach {
  return DEPTH[a] <= DEPTH[b] ? a : b;
}

const FORBIDDEN = toBlockList([
  '169.254.0.0/16', // RFC 3927 link-local; 169.254.169.254 and 169.254.170.2 are metadata services
  '168.63.129.16/32', // Azure's wire server
  '100.100.100.200/32', // Alibaba Cloud's metadata service
  '192.0.0.192/32', // Oracle Cloud's older metadata service
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
  'fe80::/10',
  'fd00:ec2::/32', // AWS metadata over IPv6
  'fd20:ce::254/128', // Google's metadata service over IPv6
  'ff00::/8',
]);
const LOOPBACK = toBlockList(['127.0.0.0/8', '0.0.0.0/8', '::1/128', '::/128']);
const PRIVATE = toBlockList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10', // RFC 6598
  '192.0.0.0/24',
  '198.18.0.0/15',
  'fc00::/7',
  'fec0::/10',
]);

/** IPv6 prefixes that carry an IPv4 address, and where (in 16-bit groups) it stands. */
const EMBEDDED = [
  { block: toBlockList(['::ffff:0:0/96', '64:ff9b::/96', '::/96']), group: 6 },
  { block: toBlockList(['2002::/16']), group: 1 },
] as const;

/** Class of an IP address in text; what is no address is `forbidden`. */
export function toAddressClass(text: string): AddressClass {
  const address = text.replace(/%.*$/, '');
  const family = isIP(address);
  if (family === 0) return 'forbidden';
  if (family === 6) {
    if (LOOPBACK.check(address, 'ipv6')) return 'loopback';
    const embedded = toEmbeddedIpv4(address);
    if (embedded !== undefined) return toAddressClass(embedded);
  }
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  if (FORBIDDEN.check(address, kind)) return 'forbidden';
  if (LOOPBACK.check(address, kind)) return 'loopback';
  return PRIVATE.check(address, kind) ? 'private' : 'public';
}

/** What a host says about itself before any look-up: an address literal, or a name that only means one thing. */
export function toHostClass(hostname: string): AddressClass | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(bare) !== 0) return toAddressClass(bare);
  if (bare === 'localhost' || bare.endsWith('.localhost')) return 'loopback';
  if (bare === 'metadata.google.internal' || bare === 'metadata') return 'forbidden';
  return undefined;
}

function toEmbeddedIpv4(address: string): string | undefined {
  for (const { block, group } of EMBEDDED) {
    if (!block.check(address, 'ipv6')) continue;
    const groups = toGroups(address);
    const high = groups[group] ?? 0;
    const low = groups[group + 1] ?? 0;
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  return undefined;
}

/** The eight groups of an IPv6 address; the URL parser writes each form the same way, dotted tails as groups too. */
function toGroups(address: string): number[] {
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = tail === undefined ? [] : new Array<string>(8 - front.length - back.length).fill('0');
  return [...front, ...middle, ...back].map((group) => Number.parseInt(group, 16));
}

function toBlockList(prefixes: readonly string[]): BlockList {
  const list = new BlockList();
  for (const prefix of prefixes) {
    const [network = '', bits = ''] = prefix.split('/');
    list.addSubnet(network, Number(bits), isIP(network) === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}
