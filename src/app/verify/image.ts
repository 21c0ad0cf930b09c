import { join } from 'node:path';
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
  const subject = await openSubject(location, { ...toOpenOptions(settings, limits, signal), cache });
  const { name, digest, kind, leaf, attachments } = subject;
  const platform = leaf?.platform ?? settings.platform;
  return {
    name,
    attachments,
    get notes() {
      return cache.notes;
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
