import { Failure } from '../../../core/failure.ts';

/** What `gcp:` names. */
export interface ImageName {
  readonly project: string;
  readonly kind: 'image' | 'family';
  readonly name: string;
}

/** Project ids, those of a domain's own too (`example.com:project`). */
const PROJECT = '(?:[a-z0-9.-]{1,63}:)?[a-z][a-z0-9-]{0,61}[a-z0-9]';
/** RFC 1035 labels, as the Compute Engine API has it. */
const NAME = '[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?';
const LONG = new RegExp(`^/?projects/(${PROJECT})/global/images/(family/)?(${NAME})$`);
const ONLY_NAME = new RegExp(`^${NAME}$`);
const SHORT = new RegExp(`^(${PROJECT})/(${NAME})$`);

/** Reads `projects/P/global/images/I`, `projects/P/global/images/family/F` or `P/I`. @throws Failure USAGE */
export function parseImageName(text: string): ImageName {
  const [, project, family, name] = LONG.exec(text) ?? [];
  if (project !== undefined && name !== undefined)
    return { project, kind: family === undefined ? 'image' : 'family', name };
  const [, shortProject, shortName] = SHORT.exec(text) ?? [];
  if (shortProject !== undefined && shortName !== undefined)
    return { project: shortProject, kind: 'image', name: shortName };
  throw new Failure(
    'USAGE',
    `gcp:${text.slice(0, 200)} is none of projects/P/global/images/I, projects/P/global/images/family/F and P/I`,
  );
}

export function isImageName(text: string): boolean {
  return ONLY_NAME.test(text);
}

/** Reads `gs://BUCKET/OBJECT`. @throws Failure USAGE */
export function parseObjectUrl(url: string): { readonly bucket: string; readonly object: string } {
  const [, bucket, object] =
    /^gs:\/\/([a-z0-9][a-z0-9._-]{1,221}[a-z0-9])\/([^\p{Cc}#?]{1,1024})$/u.exec(url) ?? [];
  if (bucket !== undefined && object !== undefined && object !== '.' && object !== '..')
    return { bucket, object };
  throw new Failure('USAGE', `${JSON.stringify(url.slice(0, 200))} is no gs://BUCKET/OBJECT`);
}
