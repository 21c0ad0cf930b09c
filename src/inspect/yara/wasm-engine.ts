import { readFileSync } from 'node:fs';
import { Failure, messageOf } from '../../core/failure.ts';
import { toRulesInvalid } from './compile-errors.ts';
import {
  type Compile,
  MAX_MATCHES,
  type Scannable,
  toMeta,
  variablesOf,
  type YaraEngine,
  type YaraMatch,
  type YaraOutcome,
} from './engine.ts';
import { GAP, type Prefilter, toPrefilter } from './prefilter.ts';
import type { RuleUnit, Variable } from './rule-unit.ts';
import { toWasmText } from './wasm-text.ts';

/*
 * The engine that runs everywhere: YARA-X as WebAssembly.
 *
 * It differs from the native one in two ways. A call costs milliseconds whatever the file, so small files are
 * searched together where that is sound (prefilter.ts). And it may *trap*: expressions in a real rule set
 * did. A trap leaves the instance's memory half changed, so nothing is asked of it again: the next file
 * goes to a fresh instance with the rules compiled anew. An instance is one load of the JavaScript that wraps it, which
 * holds it in a module variable; loading is asynchronous while scanning is not, hence a small stock of them.
 */

/** One load of the package. */
export type Glue = typeof import('@virustotal/yara-x');
type Rules = ReturnType<InstanceType<Glue['Compiler']>['build']>;
type Scanner = ReturnType<Rules['scanner']>;

/** The little of WebAssembly's JavaScript interface used here: its types come only with those of a browser. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly RuntimeError: ErrorConstructor;
};

/** As `Scanner.scan` returns it; its own types say `any`. */
interface ScanResult {
  readonly matches: readonly {
    readonly identifier: string;
    readonly isPrivate: boolean;
    readonly tags: readonly string[];
    readonly metadata: readonly { readonly identifier: string; readonly value: unknown }[];
    readonly patterns: readonly {
      readonly identifier: string;
      readonly isPrivate: boolean;
      readonly matches: readonly { readonly offset: number; readonly length: number }[];
    }[];
  }[];
}

/** With rules that trap on every second file, compiling them again each time would take for ever. */
const INSTANCES = 6;
/** Files up to this size are searched together, and so many bytes at once. */
const MAX_TOGETHER = 2 ** 20;
const MAX_LAID = 4 * 2 ** 20;

/** The compiler of the WebAssembly build. Engines of one call share instances: a trap in one restarts all. */
export async function loadWasm(): Promise<Compile> {
  const home = import.meta.resolve('@virustotal/yara-x');
  const module = new WebAssembly.Module(readFileSync(new URL('yara_x_js_bg.wasm', home)));
  const stock: Glue[] = [];
  for (let i = 0; i < INSTANCES; i++) stock.push((await import(`${home}?instance=${loads++}`)) as Glue);
  return toWasmCompile(stock, module);
}

/** @param stock instances to use up, the first now */
export function toWasmCompile(stock: readonly Glue[], module: object): Compile {
  const host = new Host([...stock], module);
  return (unit) => new WasmEngine(host, unit);
}

let loads = 0;

class Host {
  readonly #stock: Glue[];
  readonly #module: object;
  #current: Glue | undefined;

  constructor(stock: Glue[], module: object) {
    this.#stock = stock;
    this.#module = module;
    this.restart();
  }

  /** Undefined once every instance has trapped. */
  get current(): Glue | undefined {
    return this.#current;
  }

  restart(): void {
    this.#current = this.#stock.shift();
    this.#current?.initSync({ module: this.#module });
  }
}

interface Compiled {
  readonly glue: Glue;
  readonly rules: Program;
  readonly prefilter: Program | undefined;
}

interface Program {
  readonly scanner: Scanner;
  /** Held so that the collector does not free the rules while the scanner uses them. */
  readonly rules: Rules;
}

class WasmEngine implements YaraEngine {
  readonly kind = 'wasm';
  readonly #host: Host;
  readonly #unit: RuleUnit;
  readonly #prefilter: Prefilter | undefined;
  #compiled: Compiled | undefined;

  constructor(host: Host, unit: RuleUnit) {
    this.#host = host;
    this.#unit = unit;
    this.#prefilter = toPrefilter(unit.rules);
    this.#ready();
  }

  scan(files: readonly Scannable[]): readonly YaraOutcome[] {
    const filter = this.#prefilter;
    if (filter === undefined) return files.map((file) => this.#one(file));
    const outcomes: YaraOutcome[] = files.map(() => NOTHING);
    for (const run of runsOf(files)) {
      const suspects = run.length === 1 ? run : this.#suspects(files, run, filter);
      for (const index of suspects) outcomes[index] = this.#one(files[index] as Scannable);
    }
    return outcomes;
  }

  #one({ bytes, path }: Scannable): YaraOutcome {
    const result = this.#guarded(({ rules: { scanner } }) => {
      const values = Object.entries(variablesOf(this.#unit.variables, path));
      for (const [name, value] of values) scanner.setGlobal(name, value);
      return scanner.scan(bytes) as ScanResult;
    });
    if (typeof result === 'string') {
      return { kind: 'failed', reason: result, lasting: this.#host.current === undefined };
    }
    return { kind: 'scanned', matches: toMatches(result) };
  }

  /** Which files of a run may satisfy a rule: all of them when that cannot be told. */
  #suspects(files: readonly Scannable[], run: readonly number[], filter: Prefilter): readonly number[] {
    const { laid, starts } = layOut(run.map((index) => (files[index] as Scannable).bytes));
    const result = this.#guarded(({ prefilter }) => prefilter?.scanner.scan(laid) as ScanResult | undefined);
    if (result === undefined || typeof result === 'string') return run;
    const occurring = run.map(() => new Map<string, string[]>());
    for (const { identifier, patterns } of result.matches) {
      const rule = filter.names.get(identifier) ?? '';
      for (const pattern of patterns) {
        if (pattern.matches.length >= MAX_MATCHES) return run;
        for (const place of placesOf(pattern.matches, starts)) {
          const found = occurring[place] as Map<string, string[]>;
          found.set(rule, [...(found.get(rule) ?? []), pattern.identifier]);
        }
      }
    }
    return run.filter((_, place) => filter.mayHold(occurring[place] as Map<string, string[]>));
  }

  /** The result, or what went wrong in words. */
  #guarded<T>(use: (compiled: Compiled) => T): T | string {
    try {
      const compiled = this.#ready();
      return compiled === undefined
        ? 'the WebAssembly engine trapped too often and was given up'
        : use(compiled);
    } catch (error) {
      this.#host.restart();
      return `the WebAssembly engine trapped: ${messageOf(error)}`;
    }
  }

  #ready(): Compiled | undefined {
    const glue = this.#host.current;
    if (glue === undefined || this.#compiled?.glue === glue) return glue && this.#compiled;
    const { variables } = this.#unit;
    const rules = compile(glue, this.#unit);
    const prefilter =
      this.#prefilter === undefined ? undefined : build(glue, toWasmText(this.#prefilter.text), variables);
    this.#compiled = { glue, rules, prefilter };
    return this.#compiled;
  }
}

const NOTHING: YaraOutcome = { kind: 'scanned', matches: [] };

function compile(glue: Glue, unit: RuleUnit): Program {
  try {
    return build(glue, toWasmText(unit.text), unit.variables);
  } catch (error) {
    if (error instanceof WebAssembly.RuntimeError) {
      const message = 'the WebAssembly YARA engine trapped while compiling the rules; give fewer rules';
      throw new Failure('INTERNAL', message, { cause: error });
    }
    const check = (text: string) => errorsOf(glue, text, unit.variables);
    throw toRulesInvalid(unit, check(unit.text), check);
  }
}

function build(glue: Glue, text: string, variables: readonly Variable[]): Program {
  const compiler = newCompiler(glue, variables);
  compiler.addSource(text);
  const rules = compiler.build();
  compiler.free();
  const scanner = rules.scanner();
  scanner.setMaxMatchesPerPattern(MAX_MATCHES);
  return { rules, scanner };
}

function errorsOf(glue: Glue, text: string, variables: readonly Variable[]): readonly string[] {
  const compiler = newCompiler(glue, variables);
  try {
    compiler.addSource(text);
  } catch {
    // What it throws is the first of its errors.
  }
  const { errors } = compiler;
  compiler.free();
  return errors;
}

function newCompiler(glue: Glue, variables: readonly Variable[]): InstanceType<Glue['Compiler']> {
  const compiler = new glue.Compiler();
  for (const name of variables) compiler.defineGlobal(name, '');
  return compiler;
}

/** Splits files into runs to be searched together; a large file is a run of its own. */
function runsOf(files: readonly Scannable[]): number[][] {
  const runs: number[][] = [];
  let run: number[] = [];
  let laid = 0;
  files.forEach(({ bytes }, index) => {
    if (bytes.length > MAX_TOGETHER) {
      runs.push([index]);
      return;
    }
    if (laid + bytes.length > MAX_LAID) {
      runs.push(run);
      run = [];
      laid = 0;
    }
    run.push(index);
    laid += bytes.length + GAP;
  });
  return [...runs, run].filter((one) => one.length > 0);
}

function layOut(parts: readonly Uint8Array[]): { laid: Uint8Array; starts: readonly number[] } {
  const laid = new Uint8Array(parts.reduce((sum, part) => sum + part.length + GAP, 0));
  const starts: number[] = [];
  let at = 0;
  for (const part of parts) {
    laid.set(part, at);
    starts.push(at);
    at += part.length + GAP;
  }
  return { laid, starts };
}

/** Places in a run of the files that any of the matches touches. */
function placesOf(
  matches: readonly { readonly offset: number; readonly length: number }[],
  starts: readonly number[],
): Set<number> {
  const places = new Set<number>();
  for (const { offset, length } of matches) {
    const end = offset + length;
    for (let place = startOf(starts, offset); (starts[place] ?? end) < end; place++) places.add(place);
  }
  return places;
}

/** Index of the last start at or before the offset. */
function startOf(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function toMatches({ matches }: ScanResult): YaraMatch[] {
  return matches
    .filter(({ isPrivate }) => !isPrivate)
    .map(({ identifier, tags, metadata, patterns }) => ({
      rule: identifier,
      tags,
      meta: toMeta(metadata.map((entry) => [entry.identifier, entry.value])),
      patterns: patterns
        .filter((pattern) => !pattern.isPrivate)
        .flatMap((pattern) =>
          pattern.matches.map(({ offset, length }) => ({ id: pattern.identifier, offset, length })),
        ),
    }));
}
