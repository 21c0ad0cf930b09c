import { createHash } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import type { LayerPath } from '../../../../core/layer-path.ts';
import type { Detector, FileView, FindingDraft, ImageView, Seen } from '../../../contract.ts';
import { isPristine } from '../../../view/provenance.ts';
import { judgeIndex } from '../language-indexes/index.ts';
import { indexSettingsIn, SETTING_PATHS } from '../language-indexes/index-settings.ts';
import { judgeRepository } from '../package-repositories/index.ts';
import { REPOSITORY_FILES, repositoriesIn } from '../package-repositories/repositories.ts';
import { type Certificate, certificatesIn } from './certificates.ts';

/*
 * Whoever owns a trusted root can be any server. One is added by a file in the folders of update-ca-certificates(8) or
 * update-ca-trust(8), or simply by appending it to the bundle, which is generated and so belongs to no package. The bundle is
 * held against what packages ship, and against the Mozilla roots that Node itself carries.
 *
 * With a package repository or index of an unknown host beside it, nothing is left to check the code that is installed: that
 * pair is refused.
 */

type CaFact =
  | { readonly kind: 'certificates'; readonly certificates: readonly Certificate[] }
  /** The file names a package repository or index that is for review. */
  | { readonly kind: 'redirect' };

const RULE = 'supply-chain/ca-root';

/** Where an administrator puts roots of his own: any certificate there is trusted. */
const ANCHORS =
  /^(?:usr\/local\/share\/ca-certificates\/|etc\/pki\/ca-trust\/source\/|usr\/share\/pki\/(?:ca-trust-source|trust)\/|etc\/pki\/trust\/|etc\/ca-certificates\/trust-source\/)/;
/** Where packages put theirs, and OpenSSL looks. */
const STORES =
  /^(?:usr\/share\/ca-certificates\/|etc\/ssl\/certs\/|usr\/lib\/ssl\/certs\/|etc\/pki\/tls\/certs\/)/;
const BUNDLES =
  /^(?:etc\/ssl\/(?:certs\/ca-certificates\.crt|certs\/ca-bundle\.(?:crt|pem)|cert\.pem|ca-bundle\.pem)|etc\/pki\/(?:tls\/certs\/ca-bundle(?:\.trust)?\.crt|tls\/cert\.pem|ca-trust\/extracted\/[a-z0-9-]{1,20}\/[^/]{1,60})|var\/lib\/ca-certificates\/ca-bundle\.pem|usr\/(?:local\/)?share\/ssl\/cert\.pem)$/;

/** More strangers than this in a bundle that nothing vouches for: an older or another vendor's list, said once. */
const MAX_NAMED = 3;

export const caRoots: Detector<CaFact> = {
  id: 'supply-chain/ca-roots',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'A certificate authority of its own is trusted',
      remedy: 'Remove the root, or have it named as one you trust; its owner can pose as any server.',
      attack: ['T1553.004', 'T1557'],
      controls: ['TVM-06', 'STA-08', 'IVS-03'],
      references: ['https://attack.mitre.org/techniques/T1553/004/'],
    },
  ],
  examiner: {
    id: 'supply-chain/ca-roots',
    version: 3,
    wants: [ANCHORS, STORES, BUNDLES, REPOSITORY_FILES, ...SETTING_PATHS].map((paths) => ({ paths })),
    *examine(file) {
      const fact = factOf(file);
      if (fact !== undefined) yield fact;
    },
  },
  *judge(image, seen) {
    const strangers = [...strangersIn(image, seen)];
    if (strangers.length === 0) return;
    const redirected = seen.some((one) => isRedirect(image, one));
    for (const draft of strangers) {
      if (!redirected || draft.tier === 'note') yield draft;
      else yield { ...draft, tier: 'block', evidence: `${draft.evidence}; packages come from elsewhere too` };
    }
  },
};

function factOf(file: FileView): CaFact | undefined {
  const { path } = file.record;
  if (ANCHORS.test(path) || STORES.test(path) || BUNDLES.test(path)) {
    const certificates = [...certificatesIn(file.bytes, file.text(), (what) => file.cut(what))];
    return certificates.length === 0 ? undefined : { kind: 'certificates', certificates };
  }
  const redirects = REPOSITORY_FILES.test(path)
    ? repositoriesIn(path, file.text()).some((each) => judgeRepository(each)?.tier === 'review')
    : indexSettingsIn(path, file.text()).some((each) => judgeIndex(each)?.tier === 'review');
  return redirects ? { kind: 'redirect' } : undefined;
}

function isRedirect(image: ImageView, { layer, path, observation }: Seen<CaFact>): boolean {
  return observation.kind === 'redirect' && !isPristine(image, layer, path);
}

function* strangersIn(image: ImageView, seen: readonly Seen<CaFact>[]): Generator<FindingDraft> {
  const files = seen.flatMap(({ layer, path, observation }) =>
    observation.kind === 'certificates'
      ? [{ layer, path, ...observation, pristine: isPristine(image, layer, path) }]
      : [],
  );
  const pristine = files.filter((file) => file.pristine).flatMap((file) => file.certificates);
  const known = new Set([...mozillaRoots(), ...pristine.map(({ fingerprint }) => fingerprint)]);
  const told = new Set<string>();
  for (const file of files) {
    if (file.pristine) continue;
    const strangers = file.certificates.filter(
      ({ fingerprint, authority }) => !known.has(fingerprint) && (authority || ANCHORS.test(file.path)),
    );
    yield* tellStrangers(file, strangers, pristine.length > 0, told);
  }
}

/** @param told fingerprints already found; update-ca-certificates copies an added root into the bundle */
function* tellStrangers(
  { layer, path }: { readonly layer: number; readonly path: LayerPath },
  strangers: readonly Certificate[],
  byPackage: boolean,
  told: Set<string>,
): Generator<FindingDraft> {
  const isBundle = BUNDLES.test(path);
  const certain = !isBundle || byPackage;
  const named = !certain && strangers.length > MAX_NAMED ? strangers.slice(0, 1) : strangers;
  const more = strangers.length > named.length ? ` and ${strangers.length - named.length} more` : '';
  for (const { fingerprint, subject, line } of named) {
    if (isBundle && told.has(fingerprint)) continue;
    told.add(fingerprint);
    const evidence = `${subject || 'unreadable certificate'} (SHA-256 ${fingerprint.slice(0, 16)}…)${more}`;
    yield { rule: RULE, layer, path, line, evidence, tier: certain ? 'review' : 'note' };
  }
}

let roots: readonly string[] | undefined;

function mozillaRoots(): readonly string[] {
  roots ??= rootCertificates.map((pem) => {
    const base64 = pem.replace(/-----[A-Z ]{1,40}-----/g, '');
    return createHash('sha256').update(Buffer.from(base64, 'base64')).digest('hex');
  });
  return roots;
}
