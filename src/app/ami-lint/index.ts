import { opendirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Failure, messageOf } from '../../core/failure.ts';
import { LOOKUPS_SCHEMA_VERSION, type LookupFinding, type LookupReport } from '../../core/lookup.ts';
import { lookupReaderFor } from '../../inspect/lookups/read-lookups.ts';
import { judgeLookup } from '../../inspect/lookups/rules.ts';
import type { NameBook } from '../../inspect/names/book.ts';
import { readTextFile } from '../../inspect/text-file.ts';
import { nameBookFor } from '../detectors.ts';
import { VERSION } from '../version.ts';

/** Of one file: a CDK assembly has templates of a few megabytes. */
const MAX_FILE = 16 * 2 ** 20;
const MAX_FILES = 100_000;
const MAX_DEPTH = 64;
/** Nobody's own code. */
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', '.terraform', 'node_modules']);

/**
 * Finds look-ups of machine images in code.
 * @param paths files, and folders that are walked
 * @param names file of the user's own names
 * @throws Failure NOT_FOUND, NO_PERMISSION, TOO_LARGE, and as `readOwnNames`
 */
export async function lintLookups(
  paths: readonly string[],
  names: string | undefined,
): Promise<LookupReport> {
  const book = await nameBookFor(names);
  const findings: LookupFinding[] = [];
  const unread: { file: string; message: string }[] = [];
  let files = 0;
  let lookups = 0;
  for (const file of filesIn(paths)) {
    if (++files > MAX_FILES)
      throw new Failure('TOO_LARGE', `more than ${MAX_FILES} files: name fewer folders`);
    try {
      const found = lintFile(file, book);
      lookups += found.lookups;
      findings.push(...found.findings);
    } catch (error) {
      unread.push({ file, message: messageOf(error) });
    }
  }
  return {
    schemaVersion: LOOKUPS_SCHEMA_VERSION,
    tool: { name: 'pratique', version: VERSION },
    createdAt: new Date().toISOString(),
    files,
    lookups,
    findings,
    unread,
  };
}

function lintFile(file: string, book: () => NameBook): { lookups: number; findings: LookupFinding[] } {
  const read = lookupReaderFor(basename(file));
  if (read === undefined)
    throw new Failure(
      'UNSUPPORTED',
      'no Terraform, Packer, CloudFormation, Pulumi YAML or shell by its name',
    );
  const lookups = [...read(readTextFile(file, MAX_FILE))];
  return {
    lookups: lookups.length,
    findings: lookups.flatMap((one) => judgeLookup(one, file, book().clouds)),
  };
}

function* filesIn(paths: readonly string[]): Generator<string> {
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw new Failure('NOT_FOUND', `${path} does not exist`);
    if (stats.isDirectory()) yield* walk(path, 0);
    else yield path;
  }
}

/** Links are not followed: they could lead in circles. */
function* walk(folder: string, depth: number): Generator<string> {
  if (depth > MAX_DEPTH) throw new Failure('TOO_LARGE', `${folder.slice(0, 200)}… is nested too deeply`);
  const entries = [];
  const open = openFolder(folder);
  for (let entry = open.readSync(); entry !== null; entry = open.readSync()) entries.push(entry);
  open.closeSync();
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) yield* walk(path, depth + 1);
    else if (entry.isFile() && lookupReaderFor(entry.name) !== undefined) yield path;
  }
}

function openFolder(folder: string) {
  try {
    return opendirSync(folder);
  } catch (error) {
    throw new Failure('NO_PERMISSION', `${folder} may not be read: ${messageOf(error)}`, { cause: error });
  }
}
