import type { ImageIdentity } from '../../../../core/image.ts';
import type { Problem } from '../../../../core/problem.ts';
import { parseReference } from '../../../../core/reference.ts';

/** What an image is called, and what of it was too much. */
export interface ImageNames {
  readonly names: readonly string[];
  readonly problems: readonly Problem[];
}

/** No honest image has so many names. */
const MAX_NAMES = 100;

/**
 * What an image is called: the reference it was asked for by, or the tags that an archive has for it. An archive's tags are its
 * author's words: what is no name does not count against the bound, and what the bound cuts off is a problem, so that the one
 * name that matters cannot stand behind a hundred others.
 */
export function namesOf(identity: ImageIdentity): ImageNames {
  const names = [...new Set(listNames(identity))];
  if (names.length <= MAX_NAMES) return { names, problems: [] };
  const message = `the image has ${names.length} names, of which only the first ${MAX_NAMES} were judged`;
  return {
    names: names.slice(0, MAX_NAMES),
    problems: [{ code: 'LIMIT_DETECTOR', message, effect: 'incomplete' }],
  };
}

function listNames({ kind, location, tags, cloud }: ImageIdentity): readonly string[] {
  switch (kind) {
    case 'registry':
      return [location.replace(/^(?:registry|docker):(?!\d{1,5}\/)(?:\/\/)?/, '')];
    case 'docker':
    case 'podman':
      return [location.replace(/^(?:docker|podman):(?!\d{1,5}\/)/, '')].filter((name) => !isImageId(name));
    case 'docker-archive':
      return tags.filter((tag) => isReference(tag) || looksLikeName(tag));
    case 'oci-archive':
    case 'oci-layout':
      // Where a tool writes no name, it writes the bare tag.
      return tags.filter(looksLikeName);
    case 'aws':
      return cloud?.name === undefined ? [] : [`aws:${cloud.ownerAlias ?? cloud.owner ?? ''}/${cloud.name}`];
    case 'gcp':
      return cloud?.name === undefined ? [] : [`gcp:${cloud.owner ?? ''}/${cloud.name}`];
    case 'azure':
      // A resource has an owner and no publisher.
      return cloud !== undefined && /^[^/]+:[^/]+:[^/]+:[^/]+$/.test(cloud.id) ? [`azure:${cloud.id}`] : [];
    default:
      return [];
  }
}

function isImageId(name: string): boolean {
  return /^(?:sha256:)?[0-9a-f]{12,64}$/.test(name);
}

function isReference(tag: string): boolean {
  try {
    parseReference(tag);
    return true;
  } catch {
    return false;
  }
}

/** With letters that no reference has it is a name all the same: somebody will read it. */
function looksLikeName(tag: string): boolean {
  return /[/:]/.test(tag);
}
