/* Builds rpm headers in code, so that a test shows what is in them. */

type Value =
  | { readonly type: 'string' | 'i18n'; readonly value: string }
  | { readonly type: 'strings'; readonly value: readonly string[] }
  | { readonly type: 'int32' | 'int16' | 'int8'; readonly value: readonly number[] };

const TYPES = { int8: 2, int16: 3, int32: 4, string: 6, strings: 8, i18n: 9 } as const;
const SIZES = { int8: 1, int16: 2, int32: 4 } as const;

export type HeaderTags = readonly (readonly [tag: number, value: Value])[];

/** A header blob as a database holds it; each value aligned as rpm aligns it. */
export function buildHeader(tags: HeaderTags): Buffer {
  const index: Buffer[] = [];
  let store = Buffer.alloc(0);
  for (const [tag, value] of tags) {
    const { data, count, align } = encode(value);
    const padding = (align - (store.length % align)) % align;
    const entry = Buffer.alloc(16);
    entry.writeUInt32BE(tag, 0);
    entry.writeUInt32BE(TYPES[value.type], 4);
    entry.writeUInt32BE(store.length + padding, 8);
    entry.writeUInt32BE(count, 12);
    index.push(entry);
    store = Buffer.concat([store, Buffer.alloc(padding), data]);
  }
  const counts = Buffer.alloc(8);
  counts.writeUInt32BE(tags.length, 0);
  counts.writeUInt32BE(store.length, 4);
  return Buffer.concat([counts, ...index, store]);
}

/** A package with nothing but a name, a version and a release, and a summary of some length. */
export function buildPackage(name: string, summaryLength = 0): Buffer {
  return buildHeader([
    [1000, { type: 'string', value: name }],
    [1001, { type: 'string', value: '1.0' }],
    [1002, { type: 'string', value: '1' }],
    [1004, { type: 'i18n', value: 's'.repeat(summaryLength) }],
  ]);
}

function encode(value: Value): { data: Buffer; count: number; align: number } {
  switch (value.type) {
    case 'string':
    case 'i18n':
      return { data: Buffer.from(`${value.value}\0`), count: 1, align: 1 };
    case 'strings':
      return {
        data: Buffer.from(value.value.map((one) => `${one}\0`).join('')),
        count: value.value.length,
        align: 1,
      };
    default:
      return encodeNumbers(value.value, SIZES[value.type]);
  }
}

function encodeNumbers(
  numbers: readonly number[],
  size: number,
): { data: Buffer; count: number; align: number } {
  const data = Buffer.alloc(size * numbers.length);
  numbers.forEach((number, index) => {
    data.writeUIntBE(number, index * size, size);
  });
  return { data, count: numbers.length, align: size };
}
