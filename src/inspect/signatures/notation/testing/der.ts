/* DER for tests, written apart from the reader that is tested with it. */

export function der(tag: number, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const { length } = content;
  const size =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x10000
          ? [0x82, length >> 8, length & 0xff]
          : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

export const sequence = (...parts: readonly (Uint8Array | string)[]): Buffer => der(0x30, ...parts);
export const set = (...parts: readonly (Uint8Array | string)[]): Buffer => der(0x31, ...parts);
export const octets = (...parts: readonly (Uint8Array | string)[]): Buffer => der(0x04, ...parts);
export const integer = (value: number): Buffer => der(0x02, Buffer.of(value));
export const explicit = (number: number, ...parts: readonly Uint8Array[]): Buffer =>
  der(0xa0 | number, ...parts);

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...arcs] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...arcs].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128))
      groups.unshift((rest & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.from(bytes));
}

/** GeneralizedTime, whole seconds. */
export function time(date: Date): Buffer {
  return der(0x18, `${date.toISOString().slice(0, 19).replace(/[-:T]/g, '')}Z`);
}

export const SHA256 = '2.16.840.1.101.3.4.2.1';
export const SHA1 = '1.3.14.3.2.26';
export const ECDSA_SHA256 = '1.2.840.10045.4.3.2';
