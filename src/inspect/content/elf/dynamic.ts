import { type Elf, PT_DYNAMIC } from './elf.ts';

const MAX_ENTRIES = 2048;
const MAX_STRING = 4096;
const MAX_SYMBOLS = 65536;
const MAX_SYMBOL_NAME = 256;

/** Dynamic array tags, `d_tag` (System V ABI, "Dynamic Section"). */
const DT_NEEDED = 1;
const DT_HASH = 4;
const DT_STRTAB = 5;
const DT_SYMTAB = 6;
const DT_SONAME = 14;
const DT_RPATH = 15;
const DT_RUNPATH = 29;

export interface Dynamic {
  readonly needed: readonly string[];
  readonly soname: string | undefined;
  /** As written: folders separated by `:`. */
  readonly rpath: string | undefined;
  readonly runpath: string | undefined;
  /** File offsets of the tables that the loader uses; undefined where they are not in the bytes at hand. */
  readonly strings: number | undefined;
  readonly symbols: number | undefined;
  readonly hash: number | undefined;
}

export interface DynamicSymbol {
  readonly name: string;
  /** False for what the file asks others for. */
  readonly defined: boolean;
}

export function readDynamic(elf: Elf): Dynamic {
  const entries = readEntries(elf);
  const offset = (tag: number): number | undefined => {
    const address = entries.find((entry) => entry.tag === tag)?.value;
    return address === undefined ? undefined : elf.offsetOf(address);
  };
  const strings = offset(DT_STRTAB);
  const all = (tag: number): string[] =>
    strings === undefined
      ? []
      : entries
          .filter((entry) => entry.tag === tag)
          .map((entry) => elf.reader.string(strings + entry.value, MAX_STRING));
  return {
    needed: all(DT_NEEDED),
    soname: all(DT_SONAME)[0],
    rpath: all(DT_RPATH)[0],
    runpath: all(DT_RUNPATH)[0],
    strings,
    symbols: offset(DT_SYMTAB),
    hash: offset(DT_HASH),
  };
}

/** The dynamic symbols as the loader finds them: without section headers, which may be gone. */
export function* dynamicSymbols(elf: Elf): Generator<DynamicSymbol> {
  const { strings, symbols } = elf.dynamic;
  if (strings === undefined || symbols === undefined) return;
  const wide = elf.reader.bits === 64;
  const size = wide ? 24 : 16;
  const count = Math.min(countSymbols(elf, size), MAX_SYMBOLS);
  for (let index = 1; index < count; index++) {
    const at = symbols + index * size;
    if (!elf.reader.has(at, size)) return;
    const name = elf.reader.string(strings + elf.reader.u32(at), MAX_SYMBOL_NAME);
    yield { name, defined: elf.reader.u16(at + (wide ? 6 : 14)) !== 0 };
  }
}

/** DT_HASH holds the count; without it (GNU hash only) linkers put the strings right behind the symbols. */
function countSymbols(elf: Elf, size: number): number {
  const { strings, symbols, hash } = elf.dynamic;
  if (hash !== undefined) return elf.reader.u32(hash + 4);
  if (strings !== undefined && symbols !== undefined && strings > symbols) return (strings - symbols) / size;
  return MAX_SYMBOLS;
}

function readEntries(elf: Elf): { tag: number; value: number }[] {
  const segment = elf.segments.find(({ type }) => type === PT_DYNAMIC);
  if (segment === undefined) return [];
  const word = elf.reader.bits / 8;
  const count = Math.min(Math.floor(segment.fileSize / (2 * word)), MAX_ENTRIES);
  const entries: { tag: number; value: number }[] = [];
  for (let index = 0; index < count; index++) {
    const at = segment.offset + index * 2 * word;
    const tag = elf.reader.word(at);
    if (tag === 0) break;
    entries.push({ tag, value: elf.reader.word(at + word) });
  }
  return entries;
}
