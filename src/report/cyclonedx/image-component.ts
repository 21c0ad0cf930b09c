import { Enums, Models } from '@cyclonedx/cyclonedx-library';
import { algorithmOf, type Digest } from '../../core/digest.ts';
import type { Distribution } from '../../core/package.ts';
import { toPrintable } from '../../core/printable.ts';
import type { Report } from '../../core/report.ts';
import { nameOf, platformOf, toOciPurl } from '../image-name.ts';
import { placeOf } from '../place.ts';
import { toPackageComponent } from './package-component.ts';

/** A container and what is in it, each known by a reference that no other image in the document uses. */
export interface ImageComponents {
  readonly container: Models.Component;
  readonly contents: readonly Models.Component[];
}

export function toImageComponent(report: Report): ImageComponents {
  const { image, packages } = report;
  const purl = toOciPurl(image);
  const platform = image.platform === undefined ? '' : ` ${platformOf(image.platform)}`;
  const bomRef = `${image.digest ?? image.configDigest ?? nameOf(image)}${platform}`;
  const container = new Models.Component(Enums.ComponentType.Container, nameOf(image), {
    bomRef,
    ...(image.digest !== undefined && { version: image.digest, hashes: toHashes(image.digest) }),
    ...(purl !== undefined && { purl }),
    properties: new Models.PropertyRepository(propertiesOf(report)),
  });
  const seen = new Map<string, number>();
  const contents = [
    ...(image.distribution === undefined ? [] : [toSystem(image.distribution, bomRef)]),
    ...packages.map((one) => toPackageComponent(one, `${bomRef} ${unique(one.purl, seen)}`)),
  ];
  for (const component of contents) container.dependencies.add(component.bomRef);
  return { container, contents };
}

function toHashes(digest: Digest): Models.HashDictionary {
  const algorithm =
    algorithmOf(digest) === 'sha256' ? Enums.HashAlgorithm['SHA-256'] : Enums.HashAlgorithm['SHA-512'];
  return new Models.HashDictionary([[algorithm, digest.slice(digest.indexOf(':') + 1)]]);
}

function propertiesOf({ image, findings, problems, decision }: Report): Models.Property[] {
  return [
    ['pratique:location', toPrintable(image.location, 1000)],
    ['pratique:kind', image.kind],
    ...(image.configDigest === undefined ? [] : [['pratique:configDigest', image.configDigest] as const]),
    ...(image.indexDigest === undefined ? [] : [['pratique:indexDigest', image.indexDigest] as const]),
    ...(image.platform === undefined ? [] : [['pratique:platform', platformOf(image.platform)] as const]),
    ...image.tags.map((tag) => ['pratique:tag', toPrintable(tag, 500)] as const),
    ...image.layers.map(({ diffId }) => ['pratique:layer:diffId', diffId] as const),
    ['pratique:decision', decision.outcome] as const,
    ...findings.map(
      ({ rule, tier, title, location }) =>
        ['pratique:finding', `${tier} ${rule}: ${title}: ${placeOf(location)}`] as const,
    ),
    ...problems.map(
      ({ code, effect, message }) =>
        ['pratique:problem', `${effect} ${code}: ${toPrintable(message, 1000)}`] as const,
    ),
  ].map(([name = '', value = '']) => new Models.Property(name, value));
}

function toSystem({ id, version, name, codename }: Distribution, container: string): Models.Component {
  return new Models.Component(Enums.ComponentType.OperatingSystem, toPrintable(id, 200), {
    bomRef: `${container} system`,
    ...(version !== undefined && { version: toPrintable(version, 200) }),
    ...(name !== undefined && { description: toPrintable(name, 500) }),
    properties: new Models.PropertyRepository(
      codename === undefined ? [] : [new Models.Property('pratique:codename', toPrintable(codename, 200))],
    ),
  });
}

/** A package database can list the same package twice; a reference must name one thing. */
function unique(purl: string, seen: Map<string, number>): string {
  const count = (seen.get(purl) ?? 0) + 1;
  seen.set(purl, count);
  return count === 1 ? purl : `${purl}#${count}`;
}
