import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure, messageOf } from '../../core/failure.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { outlineOf } from './rule-outline.ts';

/** One file of YARA rules, as text that the compilers take. */
export interface RuleSource {
  /** As messages and evidence name it. */
  readonly path: string;
  readonly text: string;
}

/** Everything a scan is to look for. Plain data: it can be posted to a worker. */
export interface RuleSet {
  readonly own: readonly RuleSource[];
  readonly user: readonly RuleSource[];
  /** Lower-case hex SHA-256 over all of it: observations made with other rules are stale. */
  readonly digest: string;
}

const OWN_RULES = new URL('rules/', PACKAGE_ROOT);
const MAX_FILES = 20_000;
const MAX_FILE_BYTES = 16 * 2 ** 20;
const MAX_BYTES = 128 * 2 ** 20;
const MAX_DEPTH = 32;

/**
 * Reads the rules that ship, and the user's: each path is a rule file or a folder of `.yar` and `.yara` files. Includes
 * are followed, a file is read once. Nothing is compiled here.
 * @throws Failure NOT_FOUND, NO_PERMISSION, TOO_LARGE, RULES_INVALID (a folder without rules, a missing include)
 */
export function readRules(paths: readonly string[]): RuleSet {
  const own = readTree(fileURLToPath(OWN_RULES)).map(({ path, text }) => ({
    path: `rules/${path.slice(fileURLToPath(OWN_RULES).length)}`,
    text,
  }));
  const reader = new RuleReader();
  for (const path of paths) reader.add(path);
  const user = reader.sources;
  const hash = createHash('sha256');
  for (const { path, text } of [...own, ...user]) hash.update(`${path.length}:${path}${text.length}:${text}`);
  return { own, user, digest: hash.digest('hex') };
}

function readTree(folder: string): readonly RuleSource[] {
  const reader = new RuleReader();
  reader.add(folder);
  return reader.sources;
}

class RuleReader {
  readonly sources: RuleSource[] = [];
  readonly #read = new Set<string>();
  #bytes = 0;

  add(path: string): void {
    const stats = attempt(path, () => statSync(path));
    if (!stats.isDirectory()) {
      this.#file(path, stats);
      return;
    }
    const before = this.#read.size;
    this.#folder(path, 0);
    if (this.#read.size === before) {
      throw new Failure('RULES_INVALID', `no rules in ${path}: a folder of rules holds .yar or .yara files`);
    }
  }

  #folder(path: string, depth: number): void {
    if (depth > MAX_DEPTH) throw tooMany(path);
    const entries: Dirent[] = attempt(path, () => readdirSync(path, { withFileTypes: true }));
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const child = join(path, entry.name);
      if (entry.isDirectory()) this.#folder(child, depth + 1);
      else if (/\.yara?$/i.test(entry.name))
        this.#file(
          child,
          attempt(child, () => statSync(child)),
        );
    }
  }

  #file(path: string, stats: Stats): void {
    const key = `${stats.dev}:${stats.ino}`;
    if (this.#read.has(key)) return;
    this.#read.add(key);
    this.#bytes += stats.size;
    if (stats.size > MAX_FILE_BYTES || this.#bytes > MAX_BYTES || this.#read.size > MAX_FILES)
      throw tooMany(path);
    if (!stats.isFile())
      throw new Failure('RULES_INVALID', `${path} is no regular file: name a rule file or a folder`);
    const text = toRuleText(attempt(path, () => readFileSync(path)));
    this.sources.push({ path, text: this.#withIncludes(path, text) });
  }

  /** An included file goes before the one that includes it; blanks keep the lines and columns of the rest. */
  #withIncludes(path: string, text: string): string {
    if (!/\binclude\b/.test(text)) return text;
    let rest = text;
    for (const { target, from, to } of outlineOf(text).includes) {
      this.add(join(dirname(path), target));
      rest = rest.slice(0, from) + ' '.repeat(to - from) + rest.slice(to);
    }
    return rest;
  }
}

function tooMany(path: string): Failure {
  const limits = `${MAX_FILES} files of ${MAX_FILE_BYTES / 2 ** 20} MiB and ${MAX_BYTES / 2 ** 20} MiB in all`;
  return new Failure('TOO_LARGE', `too many rules at ${path}: at most ${limits} are read`);
}

/**
 * The compilers take UTF-8 only. In a file that is not, each byte above ASCII is written as the escape `\xNN`, which
 * means the same byte in patterns and nothing in comments.
 */
function toRuleText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const latin1 = Buffer.from(bytes).toString('latin1');
    return latin1.replace(/[\x80-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
  }
}

function attempt<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const denied = code === 'EACCES' || code === 'EPERM';
    const advice = denied ? 'make it readable' : 'check the path given with --rules';
    throw new Failure(
      denied ? 'NO_PERMISSION' : code === 'ENOENT' ? 'NOT_FOUND' : 'RULES_INVALID',
      `cannot read the rules at ${path} (${messageOf(error)}): ${advice}`,
      { cause: error },
    );
  }
}
