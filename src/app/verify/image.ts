import { join } from 'node:path';
import { Failure, isFailure } from '../../core/failure.ts';
import { CachedAttachments } from '../../read/attachments/cache.ts';
import { formatPlatform } from '../../read/manifest/platform.ts';
import { openSubject } from '../../read/subject.ts';
import { toLimits, toOpenOptions } from '../open-options.ts';
import type { OpenedSubject } from './index.ts';
import type { VerifySettings } from './settings.ts';

/**
 * An image in a registry or layout, by its digests alone. Where a platform is asked for, its manifest may be signed as well as
 * the index that led to it.
 * @throws Failure as `openSubject`
 */
export async function openImageSubject(
  location: string,
  settings: VerifySettings,
  signal: AbortSignal,
): Promise<OpenedSubject> {
  const limits = toLimits(settings);
  const cache = new CachedAttachments(join(settings.cacheDir, 'attachments'), { offline: settings.offline });
  const subject = await openSubject(location, { ...toOpenOptions(settings, limits, signal), cache }).catch(
    (error: unknown) => {
      if (!isFailure(error, 'NOT_AN_IMAGE')) throw error;
      throw new Failure(error.code, `${error.message}; of any other file, name the bundle: --bundle FILE`, {
        cause: error,
      });
    },
  );
  const { name, digest, kind, leaf, attachments } = subject;
  const platform = leaf?.platform ?? settings.platform;
  return {
    name,
    attachments,
    get notes() {
      return [...cache.notes, ...noteOnKind(kind, settings.platform)];
    },
    subjects: [
      { kind, digest },
      ...(leaf === undefined ? [] : [{ kind: 'manifest' as const, digest: leaf.digest }]),
    ],
    ...(leaf === undefined || platform === undefined
      ? {}
      : {
          platform: {
            name: typeof platform === 'string' ? platform : formatPlatform(platform),
            digest: leaf.digest,
          },
        }),
    close: () => subject.close(),
  };
}

/** The config, which alone says what a manifest is for, is not read. */
function noteOnKind(kind: 'index' | 'manifest', platform: string | undefined): string[] {
  if (kind === 'index' || platform === undefined) return [];
  return [`it is one manifest, not an index: whether it is for ${platform} was not looked at`];
}
