import { PackageURL } from 'packageurl-js';
import type { Distribution } from '../../core/package.ts';

/** What identifies a package of a Linux distribution in a package URL. */
export interface PurlParts {
  readonly type: 'deb' | 'apk' | 'rpm';
  /** The namespace where the image does not say which distribution it is. */
  readonly vendor: string;
  readonly name: string;
  readonly version: string;
  readonly qualifiers: Readonly<Record<string, string | undefined>>;
}

const MAX_PART = 256;

/**
 * The package URL (package-url specification, types deb, apk and rpm) of an installed package: the distribution's id
 * is the namespace, and id and version are the `distro` qualifier.
 */
export function toPurl(parts: PurlParts, distribution: Distribution | undefined): string {
  const namespace = distribution?.id ?? parts.vendor;
  const distro =
    distribution?.version === undefined ? distribution?.id : `${distribution.id}-${distribution.version}`;
  const qualifiers: Record<string, string> = {};
  for (const [key, value] of Object.entries({ ...parts.qualifiers, distro })) {
    if (value !== undefined && value !== '') qualifiers[key] = cut(value);
  }
  try {
    const { type, name, version } = parts;
    const purl = new PackageURL(type, cut(namespace), cut(name), cut(version), qualifiers, undefined);
    // The library leaves a plus in a version bare; the specification wants it encoded, and form decoders read a blank.
    return purl.toString().replaceAll('+', '%2B');
  } catch {
    // The library refuses what the specification has no form for, such as a blank name.
    return `pkg:${parts.type}/${encode(namespace)}/${encode(parts.name)}@${encode(parts.version)}`;
  }
}

/** Names are the image author's: lone surrogates, which no URL can hold, are replaced. */
function cut(text: string): string {
  return text.slice(0, MAX_PART).toWellFormed();
}

function encode(text: string): string {
  return encodeURIComponent(cut(text));
}
