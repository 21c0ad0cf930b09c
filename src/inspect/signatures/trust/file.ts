import { dirname, resolve } from 'node:path';
import { messageOf } from '../../../core/failure.ts';
import { readTextFile } from '../../text-file.ts';
import { type Flaw, parseYamlDocument, toFlaws } from '../../yaml-document.ts';
import type { TrustedKey } from '../contract.ts';
import { parsePublicKey } from '../keys.ts';
import { type TrustFileShape, trustFileSchema } from './file-schema.ts';
import { toTrustRules } from './link-rules.ts';
import { PUBLIC_ROOT, type TrustRule } from './rules.ts';

/** Whom to trust, as one file says it. */
export interface TrustFile {
  readonly path: string;
  readonly rules: readonly TrustRule[];
  /** Where to get the trust roots that rules name. The public one is always among them. */
  readonly roots: ReadonlyMap<string, RootSource>;
  /** Folders of Notation configurations that rules name. */
  readonly notation: ReadonlyMap<string, string>;
  /** What is written in vain: a sentence each. */
  readonly notes: readonly string[];
}

export interface RootSource {
  readonly source:
    | { readonly kind: 'public' }
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'tuf'; readonly url: string; readonly root: string };
  readonly requireLog: boolean;
  readonly requireSct: boolean;
}

const PUBLIC_SOURCE: RootSource = { source: { kind: 'public' }, requireLog: true, requireSct: true };

const MAX_FILE = 2 ** 20;
const MAX_KEY = 2 ** 16;

/**
 * Reads a trust file and the keys beside it. Roots and Notation folders are only named: what no matching rule asks for need not
 * be there.
 * @throws Failure NOT_FOUND, NO_PERMISSION, TOO_LARGE, USAGE for a folder, and as `parseTrustFile`
 */
export async function readTrustFile(path: string): Promise<TrustFile> {
  return parseTrustFile(readTextFile(path, MAX_FILE), path);
}

/**
 * @param path of the file: other paths are relative to its folder
 * @throws Failure MALFORMED naming file, line and field of up to five mistakes
 */
export function parseTrustFile(text: string, path: string): TrustFile {
  const document = parseYamlDocument(text, path);
  const checked = trustFileSchema.safeParse(document.value);
  if (!checked.success) {
    throw document.refusal(toFlaws(checked.error.issues));
  }
  const folder = dirname(path);
  const flaws: Flaw[] = [];
  const keys = readKeys(checked.data.keys, folder, flaws);
  const roots = toRoots(checked.data.roots, folder);
  const notation = new Map(
    Object.entries(checked.data.notation).map(([name, one]) => [name, resolve(folder, one.folder)]),
  );
  const rules = toTrustRules(checked.data.rules, { keys, roots, notation }, flaws);
  if (flaws.length > 0) throw document.refusal(flaws);
  return { path, rules, roots, notation, notes: unusedIn(checked.data) };
}

function readKeys(
  shapes: TrustFileShape['keys'],
  folder: string,
  flaws: Flaw[],
): ReadonlyMap<string, TrustedKey | undefined> {
  return new Map(
    Object.entries(shapes).map(([name, { file, pem, validFrom, validUntil }]) => {
      try {
        const key = parsePublicKey(name, pem ?? readKeyText(file ?? '', folder));
        return [
          name,
          {
            ...key,
            ...(validFrom === undefined ? {} : { validFrom }),
            ...(validUntil === undefined ? {} : { validUntil }),
          },
        ];
      } catch (error) {
        flaws.push({ path: ['keys', name, pem === undefined ? 'file' : 'pem'], message: messageOf(error) });
        // Named all the same, so that the rules which use it are not called wrong too.
        return [name, undefined];
      }
    }),
  );
}

/** A reference to a key service is left to whoever parses keys: it says that those are not read. */
function readKeyText(file: string, folder: string): string {
  return /^[a-z0-9]+:\/\//.test(file) ? file : readTextFile(resolve(folder, file), MAX_KEY);
}

function toRoots(shapes: TrustFileShape['roots'], folder: string): ReadonlyMap<string, RootSource> {
  const named = Object.entries(shapes).map(([name, { file, tuf, root, log, sct }]): [string, RootSource] => {
    const source: RootSource['source'] =
      tuf === undefined
        ? { kind: 'file', path: resolve(folder, file ?? '') }
        : { kind: 'tuf', url: tuf, root: resolve(folder, root ?? '') };
    return [name, { source, requireLog: log, requireSct: sct }];
  });
  return new Map([[PUBLIC_ROOT, PUBLIC_SOURCE], ...named]);
}

function unusedIn({ keys, roots, notation, rules }: TrustFileShape): string[] {
  const signers = rules.flatMap((rule) => [...rule.signed, ...rule.attested].flatMap(({ by }) => by));
  const unused = (what: string, names: readonly string[], used: readonly (string | undefined)[]): string[] =>
    names.filter((name) => !used.includes(name)).map((name) => `the ${what} ${name} is used by no rule`);
  return [
    ...unused(
      'key',
      Object.keys(keys),
      signers.map(({ key }) => key),
    ),
    ...unused(
      'root',
      Object.keys(roots),
      signers.map(({ root, issuer }) => (issuer ? (root ?? PUBLIC_ROOT) : undefined)),
    ),
    ...unused(
      'notation folder',
      Object.keys(notation),
      signers.map((signer) => signer.notation),
    ),
  ];
}
