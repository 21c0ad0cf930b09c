/*
 * Builds small, inert ELF files in code: every header says what a test needs, and there is no code in them to run.
 */

export interface ElfPlan {
  readonly bits?: 32 | 64;
  readonly bigEndian?: boolean;
  /** `e_type`: 2 executable (default), 3 shared object. */
  readonly type?: 2 | 3;
  readonly interpreter?: string;
  readonly needed?: readonly string[];
  readonly soname?: string;
  readonly rpath?: string;
  readonly runpath?: string;
  /** Dynamic symbols: true for defined ones. */
  readonly symbols?: Readonly<Record<string, boolean>>;
  /** `none`: no section table; `stripped` (default): one without a symbol table; `symtab`: with one. */
  readonly sections?: 'none' | 'stripped' | 'symtab';
  /** Bytes put right behind the program headers, where packers keep their header. */
  readonly afterHeaders?: Uint8Array;
  /** Bytes or text in the loaded segment. */
  readonly payload?: Uint8Array | string;
}

const BASE = 0x400000;

export function buildElf(plan: ElfPlan = {}): Uint8Array {
  const wide = (plan.bits ?? 64) === 64;
  const word = wide ? 8 : 4;
  const pack = packerFor(wide, plan.bigEndian === true);
  const dynamic = needsDynamic(plan);
  const segments = 1 + (plan.interpreter === undefined ? 0 : 1) + (dynamic ? 1 : 0);
  const headerSize = wide ? 64 : 52;
  const afterHeaders = plan.afterHeaders ?? new Uint8Array();
  const parts: Uint8Array[] = [];
  let at = headerSize + segments * (wide ? 56 : 32) + afterHeaders.length;
  const place = (bytes: Uint8Array): number => {
    const offset = at;
    parts.push(bytes);
    at += bytes.length;
    return offset;
  };

  const payload = typeof plan.payload === 'string' ? Buffer.from(plan.payload, 'latin1') : plan.payload;
  if (payload !== undefined) place(payload);
  const interpreter = Buffer.from(`${plan.interpreter ?? ''}\0`);
  const interpreterAt = plan.interpreter === undefined ? 0 : place(interpreter);
  const strings = new StringTable();
  const symbolTable = Buffer.concat([
    new Uint8Array(wide ? 24 : 16),
    ...Object.entries(plan.symbols ?? {}).map(([name, defined]) => pack.symbol(strings.add(name), defined)),
  ]);
  const entries: [number, number][] = [
    ...(plan.needed ?? []).map((name): [number, number] => [1, strings.add(name)]),
    ...entryOf(14, plan.soname, strings),
    ...entryOf(15, plan.rpath, strings),
    ...entryOf(29, plan.runpath, strings),
  ];
  const symbolsAt = dynamic ? place(symbolTable) : 0;
  const stringsAt = dynamic ? place(strings.bytes()) : 0;
  entries.push([5, BASE + stringsAt], [6, BASE + symbolsAt], [10, strings.bytes().length], [0, 0]);
  const dynamicBytes = Buffer.concat(entries.map(([tag, value]) => pack.words(tag, value)));
  const dynamicAt = dynamic ? place(dynamicBytes) : 0;
  const loaded = at;

  const names = Buffer.from('\0.symtab\0.shstrtab\0');
  const namesAt = place(names);
  const sections = sectionsOf(plan.sections ?? 'stripped', namesAt, names.length).map(pack.section);
  const sectionsAt = at;
  const header = pack.header({
    type: plan.type ?? 2,
    entry: BASE + headerSize,
    segments,
    sections: sections.length,
    sectionsAt: sections.length === 0 ? 0 : sectionsAt,
  });
  const programHeaders = [
    pack.segment(1, 5, 0, loaded),
    ...(plan.interpreter === undefined ? [] : [pack.segment(3, 4, interpreterAt, interpreter.length)]),
    ...(dynamic ? [pack.segment(2, 6, dynamicAt, entries.length * 2 * word)] : []),
  ];
  return new Uint8Array(Buffer.concat([header, ...programHeaders, afterHeaders, ...parts, ...sections]));
}

function needsDynamic({ needed, soname, rpath, runpath, symbols }: ElfPlan): boolean {
  return [needed, soname, rpath, runpath, symbols].some((part) => part !== undefined);
}

function entryOf(tag: number, value: string | undefined, strings: StringTable): [number, number][] {
  return value === undefined ? [] : [[tag, strings.add(value)]];
}

type SectionPlan = readonly [name: number, type: number, offset: number, size: number];

function sectionsOf(kind: NonNullable<ElfPlan['sections']>, namesAt: number, size: number): SectionPlan[] {
  if (kind === 'none') return [];
  const table: SectionPlan[] = [
    [0, 0, 0, 0],
    [9, 3, namesAt, size],
  ];
  return kind === 'symtab' ? [...table, [1, 2, 0, 0]] : table;
}

class StringTable {
  #text = '\0';

  add(text: string): number {
    const at = this.#text.length;
    this.#text += `${text}\0`;
    return at;
  }

  bytes(): Uint8Array {
    return Buffer.from(this.#text, 'latin1');
  }
}

interface HeaderPlan {
  readonly type: number;
  readonly entry: number;
  readonly segments: number;
  readonly sections: number;
  readonly sectionsAt: number;
}

function packerFor(wide: boolean, bigEndian: boolean) {
  const half = (value: number): Uint8Array => number(value, 2, bigEndian);
  const int = (value: number): Uint8Array => number(value, 4, bigEndian);
  const word = (value: number): Uint8Array => number(value, wide ? 8 : 4, bigEndian);
  return {
    words: (...values: number[]) => Buffer.concat(values.map(word)),
    symbol: (name: number, defined: boolean) =>
      wide
        ? Buffer.concat([int(name), Buffer.from([0x12, 0]), half(defined ? 1 : 0), word(0), word(0)])
        : Buffer.concat([int(name), int(0), int(0), Buffer.from([0x12, 0]), half(defined ? 1 : 0)]),
    segment: (type: number, flags: number, offset: number, size: number) =>
      wide
        ? Buffer.concat([
            int(type),
            int(flags),
            ...[offset, BASE + offset, BASE + offset, size, size, 8].map(word),
          ])
        : Buffer.concat([
            int(type),
            ...[offset, BASE + offset, BASE + offset, size, size, flags, 4].map(word),
          ]),
    section: ([name, type, offset, size]: SectionPlan) =>
      Buffer.concat([
        int(name),
        int(type),
        ...[0, 0, offset, size].map(word),
        int(0),
        int(0),
        word(0),
        word(0),
      ]),
    header: ({ type, entry, segments, sections, sectionsAt }: HeaderPlan) =>
      Buffer.concat([
        Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, bigEndian ? 2 : 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        half(type),
        half(wide ? 62 : 3),
        int(1),
        word(entry),
        word(wide ? 64 : 52),
        word(sectionsAt),
        int(0),
        ...[wide ? 64 : 52, wide ? 56 : 32, segments, wide ? 64 : 40, sections, sections === 0 ? 0 : 1].map(
          half,
        ),
      ]),
  };
}

function number(value: number, size: 2 | 4 | 8, bigEndian: boolean): Uint8Array {
  const bytes = Buffer.alloc(size);
  const low = Math.min(size, 6);
  if (bigEndian) bytes.writeUIntBE(value, size - low, low);
  else bytes.writeUIntLE(value, 0, low);
  return bytes;
}
