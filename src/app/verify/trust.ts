import { Failure } from '../../core/failure.ts';
import type { Materials, TrustedKey } from '../../inspect/signatures/contract.ts';
import { parsePublicKey } from '../../inspect/signatures/keys.ts';
import type { RootSource } from '../../inspect/signatures/trust/file.ts';
import { toRules } from '../../inspect/signatures/trust/options.ts';
import {
  neededBy,
  PUBLIC_ROOT,
  type Requirement,
  rulesFor,
  type TrustRule,
} from '../../inspect/signatures/trust/rules.ts';
import { readGivenFile } from '../given-file.ts';
import type { VerifySettings } from './settings.ts';

/** Whom a run trusts, and what proving it needs: loaded when a rule asks for it, and once. */
export interface Trust {
  readonly offline: boolean;
  /** Whether revocation may be asked for in private networks. */
  readonly privateRevocation: boolean;
  /** What is written in vain, and how old a remembered trust root is; grows as materials are loaded. */
  readonly notes: readonly string[];
  /** The rules that speak of a name; of what has none, where it is absent. */
  rulesFor(name: string | undefined): readonly TrustRule[];
  /**
   * @throws Failure NOT_FOUND, NO_PERMISSION, MALFORMED, and of trust roots UNREACHABLE, TRUST_ROOT_INVALID
   */
  materialsFor(rules: readonly TrustRule[], signal: AbortSignal): Promise<Materials>;
}

/** What `inspect` gives is less than what `verify` does. */
export type TrustSettings = Pick<VerifySettings, 'offline' | 'cacheDir'> & Partial<VerifySettings>;

const MAX_KEY = 64 * 1024;

/** What a trust file holds, or what options come to. */
interface Named {
  readonly notes: readonly string[];
  readonly rules: readonly TrustRule[];
  readonly roots: ReadonlyMap<string, RootSource>;
  readonly notation: ReadonlyMap<string, string>;
}

/**
 * @throws Failure USAGE when nobody is named, or in two ways at once; and as `readTrustFile` and `parsePublicKey`
 */
export async function loadTrust(settings: TrustSettings): Promise<Trust> {
  const named =
    settings.trust === undefined ? await fromOptions(settings) : await fromFile(settings.trust, settings);
  const roots = new Map([...named.roots, [PUBLIC_ROOT, publicRoot(settings, named.roots)]]);
  const notes = [...named.notes];
  const loaded = new Map<string, Promise<Materials['roots'][number]>>();
  const load = (name: string, signal: AbortSignal): Promise<Materials['roots'][number]> => {
    const source = roots.get(name);
    if (source === undefined) throw new Failure('INTERNAL', `the trust root ${name} is named nowhere`);
    const root = loaded.get(name) ?? loadRoot(name, source, settings, notes, signal);
    loaded.set(name, root);
    return root;
  };
  return {
    offline: settings.offline,
    privateRevocation: settings.privateRevocation ?? false,
    notes,
    rulesFor: (name) => rulesFor(named.rules, name),
    materialsFor: async (rules, signal) => {
      const needed = neededBy(rules);
      const wanted =
        needsTime(rules) || settings.trustedRoot !== undefined ? [...roots.keys()] : needed.roots;
      return {
        keys: needed.keys,
        roots: await Promise.all(wanted.map((name) => load(name, signal))),
        notation: await loadNotation(needed.notation, named.notation),
      };
    },
  };
}

const OF_OPTIONS = ['identity', 'identityPattern', 'issuer', 'notation', 'type', 'verifier'] as const;

async function fromFile(path: string, settings: TrustSettings): Promise<Named> {
  const others = OF_OPTIONS.filter((name) => settings[name] !== undefined);
  // What the file does not ask for must not be believed to be asked for.
  const asksForMore = settings.log === true || (settings.atLeast ?? 1) > 1;
  if (others.length > 0 || asksForMore || (settings.key ?? []).length > 0) {
    throw new Failure(
      'USAGE',
      'whom to trust is either in the trust file or in options: leave one of the two out',
    );
  }
  // YAML takes longer to load than a key takes to verify.
  const { readTrustFile } = await import('../../inspect/signatures/trust/file.ts');
  return readTrustFile(path);
}

async function fromOptions(settings: TrustSettings): Promise<Named> {
  const { identity, identityPattern, issuer, notation, type, verifier, atLeast, log } = settings;
  const keys = await Promise.all((settings.key ?? []).map(readKey));
  const rules = toRules({
    keys,
    identity,
    identityPattern,
    issuer,
    notation,
    predicate: type,
    verifier,
    atLeast,
    log: log === true ? 'required' : 'optional',
  });
  return {
    rules,
    notes: [],
    roots: new Map(),
    notation: new Map(notation === undefined ? [] : [[notation, notation]]),
  };
}

async function readKey(file: string): Promise<TrustedKey> {
  // What names a key service is no file: the parser says so.
  const text = /^[a-z0-9]+:\/\//.test(file)
    ? file
    : (await readGivenFile(file, `the key ${file}`, MAX_KEY)).toString('utf8');
  return parsePublicKey(file, text);
}

/** Options say where the public instance's root comes from; a trust file may have said it too. */
function publicRoot(settings: TrustSettings, roots: Named['roots']): RootSource {
  const { trustedRoot, tufMirror, tufRoot } = settings;
  const given = roots.get(PUBLIC_ROOT) ?? { source: { kind: 'public' }, requireLog: true, requireSct: true };
  if (trustedRoot !== undefined) return { ...given, source: { kind: 'file', path: trustedRoot } };
  if (tufMirror === undefined && tufRoot === undefined) return given;
  if (tufMirror === undefined || tufRoot === undefined) {
    throw new Failure('USAGE', 'a TUF repository needs --tuf-mirror URL and --tuf-root FILE, both');
  }
  return { ...given, source: { kind: 'tuf', url: tufMirror, root: tufRoot } };
}

async function loadRoot(
  name: string,
  { source, requireLog, requireSct }: RootSource,
  { cacheDir, offline, caFile }: TrustSettings,
  notes: string[],
  signal: AbortSignal,
): Promise<Materials['roots'][number]> {
  const [{ readTrustRoot }, { parseTrustRoot }] = await Promise.all([
    import('../../read/trust-root/index.ts'),
    import('../../inspect/signatures/sigstore/trust-root.ts'),
  ]);
  const { json, notes: said } = await readTrustRoot(source, {
    cacheDir,
    offline,
    signal,
    ...(caFile === undefined ? {} : { caFile }),
  });
  notes.push(...said);
  return parseTrustRoot(name, json, { requireLog, requireSct });
}

async function loadNotation(
  names: readonly string[],
  folders: Named['notation'],
): Promise<Materials['notation']> {
  if (names.length === 0) return [];
  const { readNotationTrust } = await import('../../inspect/signatures/notation/trust.ts');
  return Promise.all(names.map((name) => readNotationTrust(name, folders.get(name) ?? name)));
}

/** Only a log or a timestamp authority says when a key signed. */
function needsTime(rules: readonly TrustRule[]): boolean {
  return rules.some(({ requirements }) => requirements.some(asksForTime));
}

function asksForTime({ by, log, maxAge, since }: Requirement): boolean {
  if (log === 'required' || maxAge !== undefined || since !== undefined) return true;
  return by.some(
    (signer) => signer.kind === 'key' && (signer.key.validFrom ?? signer.key.validUntil) !== undefined,
  );
}
