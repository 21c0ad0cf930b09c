import type { Location, LogicalLocation, PhysicalLocation } from 'sarif';
import type { FindingLocation } from '../../core/finding.ts';
import { toPrintable } from '../../core/printable.ts';
import type { LayerRef } from '../../core/problem.ts';
import { layerName } from '../place.ts';

/** A place in an image as SARIF has it; undefined for the image as a whole. */
export function toLocation(location: FindingLocation): Location | undefined {
  const { layer, path, config, hidden } = location;
  const logical = [
    ...(config === undefined ? [] : [toConfigLocation(config)]),
    ...(layer === undefined ? [] : [toLayerLocation(layer)]),
  ];
  if (path === undefined && logical.length === 0) return undefined;
  return {
    ...(path !== undefined && { physicalLocation: toPhysical(path, location) }),
    ...(logical.length > 0 && { logicalLocations: logical }),
    ...(hidden !== undefined && { properties: { hiddenBy: hidden.by, hiddenInLayer: hidden.layer.index } }),
  };
}

function toPhysical(path: string, { line, offset }: FindingLocation): PhysicalLocation {
  return {
    artifactLocation: { uri: toUri(path), uriBaseId: 'IMAGE' },
    ...(line !== undefined && { region: { startLine: line } }),
    ...(line === undefined && offset !== undefined && { region: { byteOffset: offset, byteLength: 0 } }),
  };
}

/** A relative URI reference (RFC 3986): every part percent-encoded, its colons too, so that none reads as a scheme. */
function toUri(path: string): string {
  return path.toWellFormed().split('/').map(encodeURIComponent).join('/');
}

function toConfigLocation(config: string): LogicalLocation {
  const name = toPrintable(config, 500);
  return { name, fullyQualifiedName: `config/${name}`, kind: 'resource' };
}

function toLayerLocation(layer: LayerRef): LogicalLocation {
  const { index, digest, diffId, instruction, volume } = layer;
  return {
    name: layerName(layer),
    fullyQualifiedName: `layers/${digest}`,
    kind: 'layer',
    properties: {
      index,
      digest,
      diffId,
      ...(instruction !== undefined && { instruction: toPrintable(instruction, 1000) }),
      ...(volume !== undefined && { volume: toPrintable(JSON.stringify(volume), 1000) }),
    },
  };
}
