import { Failure } from '../../core/failure.ts';
import { parseReference } from '../../core/reference.ts';
import {
  VERIFICATION_SCHEMA_VERSION,
  type Verification,
  type VerifiedSubject,
} from '../../core/verification.ts';
import type { VouchedSubject, Vouching } from '../../core/vouching.ts';
import { VERSION } from '../version.ts';
import { openFileSubject } from './file.ts';
import { openImageSubject } from './image.ts';
import type { VerifySettings } from './settings.ts';
import { loadTrust } from './trust.ts';
import { vouch } from './vouch.ts';

/**
 * Says who vouches for an image or a file.
 * @throws Failure USAGE (nobody to trust is named, or two ways at once), MALFORMED, NOT_FOUND, and as `openSubject` and
 * `readTrustRoot`
 */
export async function verifyLocation(
  location: string,
  settings: VerifySettings,
  signal: AbortSignal,
): Promise<Verification> {
  const trust = await loadTrust(settings);
  const opened =
    settings.bundle === undefined
      ? await openImageSubject(location, settings, signal)
      : await openFileSubject(location, settings.bundle, signal);
  try {
    const name = settings.name === undefined ? opened.name : toName(settings.name);
    const vouching = await vouch({ ...opened, name, signal }, trust);
    return toVerification(location, name, opened, vouching, [...trust.notes, ...opened.notes]);
  } finally {
    await opened.close();
  }
}

/** What `verify` looks at, opened. */
export interface OpenedSubject extends Omit<Parameters<typeof vouch>[0], 'signal'> {
  readonly platform?: VerifiedSubject['platform'];
  /** As `Verification.notes`; complete once everything was read. */
  readonly notes: readonly string[];
  close(): Promise<void>;
}

function toName(text: string): string {
  const { registry, repository } = parseReference(text);
  return `${registry}/${repository}`;
}

function toVerification(
  location: string,
  name: string | undefined,
  { subjects, platform }: OpenedSubject,
  vouching: Vouching,
  notes: readonly string[],
): Verification {
  const [top] = subjects as readonly [VouchedSubject?];
  if (top === undefined) throw new Failure('INTERNAL', `${location} was opened without a digest`);
  return {
    schemaVersion: VERIFICATION_SCHEMA_VERSION,
    tool: { name: 'pratique', version: VERSION },
    createdAt: new Date().toISOString(),
    subject: {
      location,
      ...(name === undefined ? {} : { name }),
      kind: top.kind,
      digest: top.digest,
      ...(platform === undefined ? {} : { platform }),
    },
    vouching,
    notes: [...notes, ...noteOnPlatform(top, platform, vouching)],
  };
}

/** Who deploys the index by its digest also gets what nobody has signed. */
function noteOnPlatform(
  top: VouchedSubject,
  platform: VerifiedSubject['platform'],
  { outcome, verified }: Vouching,
): string[] {
  if (outcome !== 'trusted' || platform === undefined) return [];
  if (verified.every(({ subject }) => subject.digest === top.digest)) return [];
  return [
    `signed is the manifest for ${platform.name}, not all of the index: deploy it by its own digest, ${platform.digest}`,
  ];
}
