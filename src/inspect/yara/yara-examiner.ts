import { Failure } from '../../core/failure.ts';
import type { ContentClass } from '../../core/file.ts';
import type { Problem } from '../../core/problem.ts';
import type { Content } from '../examine.ts';
import type { BatchExaminer, BatchResult } from './batch-examiner.ts';
import type { Compile, YaraEngine, YaraMatch, YaraOutcome } from './engine.ts';
import { loadNative } from './native-engine.ts';
import type { RuleSet } from './rule-source.ts';
import { type RuleUnit, toUnits } from './rule-unit.ts';
import { loadWasm } from './wasm-engine.ts';

/** A rule that holds in a file, cut down to what a finding says. JSON-safe. */
export interface YaraObservation {
  readonly from: 'own' | 'user';
  readonly rule: string;
  /** The rule file. */
  readonly source: string;
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, string | number>>;
  /** The first matches, at most 4, offsets in the file. Empty for a rule that matches by its condition alone. */
  readonly patterns: readonly { readonly id: string; readonly offset: number; readonly length: number }[];
}

export const YARA_EXAMINER = 'malware/yara';
/** With `RuleSet.digest` it tells whether observations are stale. */
export const YARA_VERSION = 1;

/** Metadata that the detector reads; the rest of a rule's may be long. */
const META = ['title', 'description', 'tier', 'severity', 'risk', 'score', 'pristine'] as const;
const MAX_META = 200;
const MAX_TAGS = 8;
const MAX_PATTERNS = 4;
/** Rule matches kept for one file. */
const MAX_RULES = 128;

/**
 * What our own rules are about, by the folder they are in: no byte is searched for more than it can be. Pictures are
 * with the scripts, since a web shell may begin with the first bytes of one.
 */
const OWN_FOLDERS: readonly { readonly folder: string; readonly content: ReadonlySet<ContentClass> }[] = [
  { folder: 'rules/program/', content: new Set(['elf', 'pe', 'macho']) },
  { folder: 'rules/script/', content: new Set(['script', 'text', 'picture']) },
];

interface Compiled {
  readonly from: 'own' | 'user';
  /** Undefined: every file. */
  readonly content: ReadonlySet<ContentClass> | undefined;
  readonly unit: RuleUnit;
  readonly engine: YaraEngine;
}

type Failed = Extract<YaraOutcome, { kind: 'failed' }>;

/** Which engine to use; `auto` takes the native one where it loads. */
export type EngineChoice = 'auto' | 'native' | 'wasm';

/**
 * Compiles the rules, once in the thread that scans with them. Own and user's rules are compiled apart: a trap in the
 * user's does not restart ours, and ours are not put to every file.
 * @throws Failure RULES_INVALID naming each rule file that does not compile, with line and column
 * @throws Failure UNSUPPORTED when the native engine is asked for by name and does not load
 */
export async function openYara(
  rules: RuleSet,
  choice: EngineChoice = 'auto',
): Promise<BatchExaminer<YaraObservation>> {
  const compiled: Compiled[] = [];
  const own = await loadEngine(choice);
  for (const { folder, content } of OWN_FOLDERS) {
    const sources = rules.own.filter(({ path }) => path.startsWith(folder));
    for (const unit of toUnits(sources)) compiled.push({ from: 'own', content, unit, engine: own(unit) });
  }
  const units = toUnits(rules.user);
  const user = units.length === 0 ? own : await loadEngine(choice);
  for (const unit of units) compiled.push({ from: 'user', content: undefined, unit, engine: user(unit) });
  return new YaraExaminer(compiled);
}

async function loadEngine(choice: EngineChoice): Promise<Compile> {
  const native = choice === 'wasm' ? undefined : loadNative();
  if (native !== undefined) return native;
  if (choice === 'native')
    throw new Failure('UNSUPPORTED', 'the native YARA engine does not load on this platform');
  return loadWasm();
}

class YaraExaminer implements BatchExaminer<YaraObservation> {
  readonly id = YARA_EXAMINER;
  readonly version = YARA_VERSION;
  readonly #compiled: readonly Compiled[];
  /** Engines that were given up, and said so. */
  readonly #lost = new Set<YaraEngine>();

  constructor(compiled: readonly Compiled[]) {
    this.#compiled = compiled;
  }

  examineBatch(files: readonly Content[]): readonly BatchResult<YaraObservation>[] {
    const results = files.map(() => ({ observations: [] as YaraObservation[], problems: [] as Problem[] }));
    for (const compiled of this.#compiled) {
      const wanted = [...files.entries()].filter(([, file]) => wants(compiled.content, file));
      const outcomes = compiled.engine.scan(
        wanted.map(([, { bytes, record }]) => ({ bytes, path: record.path })),
      );
      wanted.forEach(([index, file], at) => {
        const result = results[index] as (typeof results)[number];
        const outcome = outcomes[at] as YaraOutcome;
        if (outcome.kind === 'scanned') {
          result.observations.push(...observe(outcome.matches, compiled, file));
          if (outcome.matches.length > MAX_RULES) result.problems.push(tooMany(outcome.matches.length, file));
        } else result.problems.push(...this.#problems(outcome, compiled, file));
        if (compiled.from === 'user' && !file.whole && file.base === 0) result.problems.push(inWindows(file));
      });
    }
    return results;
  }

  /** An engine that was given up is said once: the files after it may be many. */
  #problems({ reason, lasting }: Failed, { from, engine }: Compiled, { record }: Content): Problem[] {
    if (this.#lost.has(engine)) return [];
    if (lasting) this.#lost.add(engine);
    const whose = from === 'own' ? 'the rules that ship' : "the user's rules";
    const which = lasting ? 'and files after it were' : 'was';
    const message = `${record.path} ${which} not searched with ${whose}: ${reason}`;
    return [{ code: 'YARA_FAILED', message, effect: 'incomplete', path: record.path }];
  }
}

function wants(content: Compiled['content'], { record, bytes }: Content): boolean {
  return bytes.length > 0 && (content === undefined || content.has(record.content));
}

function observe(
  matches: readonly YaraMatch[],
  { from, unit }: Compiled,
  { base }: Content,
): YaraObservation[] {
  return matches.slice(0, MAX_RULES).map(({ rule, tags, meta, patterns }) => ({
    from,
    rule,
    source: unit.origin.get(rule) ?? '',
    tags: tags.slice(0, MAX_TAGS),
    meta: pick(meta),
    patterns: patterns
      .slice(0, MAX_PATTERNS)
      .map(({ id, offset, length }) => ({ id, offset: base + offset, length })),
  }));
}

function pick(meta: YaraMatch['meta']): YaraObservation['meta'] {
  const kept: Record<string, string | number> = {};
  for (const name of META) {
    const value = meta[name];
    if (value !== undefined) kept[name] = typeof value === 'string' ? value.slice(0, MAX_META) : value;
  }
  return kept;
}

function tooMany(count: number, { record }: Content): Problem {
  const message = `${count} YARA rules match ${record.path}; the first ${MAX_RULES} are reported`;
  return { code: 'LIMIT_FINDINGS', message, effect: 'incomplete', path: record.path };
}

function inWindows({ record }: Content): Problem {
  const message = `${record.path} is too large to hold: the user's YARA rules were put to it piece by piece`;
  return { code: 'LIMIT_FILE_MEMORY', message, effect: 'notice', path: record.path };
}
