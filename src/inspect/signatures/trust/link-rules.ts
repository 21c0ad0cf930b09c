import type { Flaw } from '../../yaml-document.ts';
import type { TrustedKey } from '../contract.ts';
import type { AttestedShape, SignedShape, SignerShape, TrustFileShape } from './file-schema.ts';
import { predicateRequirement } from './predicate-options.ts';
import { PUBLIC_ROOT, type Requirement, type Signer, type TrustRule } from './rules.ts';

/** What rules may name. */
export interface NamedSigners {
  /** A key that could not be read is there without a value. */
  readonly keys: ReadonlyMap<string, TrustedKey | undefined>;
  readonly roots: ReadonlyMap<string, unknown>;
  readonly notation: ReadonlyMap<string, unknown>;
}

/** Binds the names that rules use to what they stand for; what stands for nothing becomes a flaw. */
export function toTrustRules(
  rules: TrustFileShape['rules'],
  named: NamedSigners,
  flaws: Flaw[],
): TrustRule[] {
  const names = new Set<string>();
  return rules.map((rule, index) => {
    const path = ['rules', index];
    if (names.has(rule.name)) flaws.push({ path: [...path, 'name'], message: 'another rule has this name' });
    names.add(rule.name);
    const signed = rule.signed.map((one, at) => toRequirement(one, named, [...path, 'signed', at], flaws));
    const attested = rule.attested.map((one, at) => toAttested(one, named, [...path, 'attested', at], flaws));
    return { name: rule.name, images: rule.images, requirements: [...signed, ...attested] };
  });
}

function toAttested(
  shape: AttestedShape,
  named: NamedSigners,
  path: Flaw['path'],
  flaws: Flaw[],
): Requirement {
  const requirement = toRequirement(shape, named, path, flaws);
  const { source, sourcePattern, predicate } = shape;
  if (source !== undefined && sourcePattern !== undefined) {
    flaws.push({ path: [...path, 'sourcePattern'], message: 'is a second source: write one of the two' });
  }
  const asked = predicateRequirement({
    predicates: typeof predicate === 'string' ? [predicate] : predicate,
    builder: shape.builder,
    source: source === undefined ? sourcePattern : { kind: 'exact', text: source },
    verifier: shape.verifier,
    levels: shape.levels,
    resource: shape.resource,
  });
  if (asked.kind === 'refused') {
    flaws.push({ path: [...path, asked.field], message: asked.message });
    return requirement;
  }
  return { ...requirement, predicate: asked.requirement };
}

function toRequirement(
  { by, atLeast, log, maxAge, since, sameRepository }: SignedShape,
  named: NamedSigners,
  path: Flaw['path'],
  flaws: Flaw[],
): Requirement {
  const signers = by.flatMap((shape, index) => toSigner(shape, named, [...path, 'by', index], flaws));
  const different = countDifferent(signers);
  if (atLeast > different && signers.length === by.length) {
    const message = `${atLeast} signers cannot sign: by names ${different} different ${different === 1 ? 'one' : 'ones'}`;
    flaws.push({ path: [...path, 'atLeast'], message });
  }
  return {
    by: signers,
    atLeast,
    log,
    ...(maxAge === undefined ? {} : { maxAge }),
    ...(since === undefined ? {} : { since }),
    sameRepository,
  };
}

function toSigner(shape: SignerShape, named: NamedSigners, path: Flaw['path'], flaws: Flaw[]): Signer[] {
  const undefinedName = (field: string, name: string, section: string): Signer[] => {
    flaws.push({ path: [...path, field], message: `"${name}" is not defined under ${section}` });
    return [];
  };
  if (shape.key !== undefined) {
    const key = named.keys.get(shape.key);
    if (key !== undefined) return [{ kind: 'key', key }];
    return named.keys.has(shape.key) ? [] : undefinedName('key', shape.key, 'keys');
  }
  if (shape.notation !== undefined) {
    if (!named.notation.has(shape.notation)) return undefinedName('notation', shape.notation, 'notation');
    return [{ kind: 'notation', trust: shape.notation }];
  }
  const { issuer, subject, subjectPattern, root = PUBLIC_ROOT } = shape;
  if (!named.roots.has(root)) return undefinedName('root', root, 'roots');
  const match = subject === undefined ? subjectPattern : { kind: 'exact' as const, text: subject };
  return issuer === undefined || match === undefined
    ? []
    : [{ kind: 'sigstore', issuer, subject: match, root }];
}

/** One key under two names is one signer, and so is one identity written twice. */
export function countDifferent(signers: readonly Signer[]): number {
  const different = signers.map((signer) => {
    if (signer.kind === 'key') return `key ${signer.key.fingerprint}`;
    if (signer.kind === 'notation') return `notation ${signer.trust}`;
    return `sigstore ${JSON.stringify([signer.issuer, signer.subject.text])}`;
  });
  return new Set(different).size;
}
