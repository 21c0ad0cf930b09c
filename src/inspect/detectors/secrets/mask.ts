import type { ImageConfig } from '../../../core/image.ts';
import { findAssignments } from './environment/assignments.ts';
import { maskSecret } from './evidence/secret-text.ts';
import { findTokens } from './tokens/find.ts';

/*
 * Reports are passed around, kept by build systems and opened in browsers: what they quote of an image is masked first.
 */

const KEY = /(-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----)[^-]{1,20000}/g;

/** A text with every secret in it that a detector would report cut to its first and last characters. */
export function maskSecrets(text: string): string {
  const found = [...findTokens(text), ...findAssignments(text)].sort((a, b) => a.offset - b.offset);
  let masked = '';
  let end = 0;
  for (const { offset, length, masked: shown } of found) {
    if (offset < end) continue;
    masked += text.slice(end, offset) + shown;
    end = offset + length;
  }
  return (masked + text.slice(end)).replace(KEY, '$1 (not shown)');
}

/** An environment line is one assignment, whatever spaces its value has. */
export function maskVariable(line: string): string {
  const equals = line.indexOf('=');
  if (equals < 0) return maskSecrets(line);
  const name = line.slice(0, equals);
  const value = line.slice(equals + 1);
  const quoted = `${name}="${value.replace(/["\n]/g, ' ')}"`;
  return findAssignments(quoted).some(() => true)
    ? `${name}=${maskSecret(value)}`
    : `${name}=${maskSecrets(value)}`;
}

export function maskConfig(config: ImageConfig): ImageConfig {
  return {
    ...config,
    entrypoint: config.entrypoint.map(maskSecrets),
    cmd: config.cmd.map(maskSecrets),
    env: config.env.map(maskVariable),
    healthcheck: config.healthcheck.map(maskSecrets),
    onBuild: config.onBuild.map(maskSecrets),
    labels: Object.fromEntries(
      Object.entries(config.labels).map(([name, value]) => [name, maskSecrets(value)]),
    ),
    history: config.history.map((entry) => ({ ...entry, createdBy: maskSecrets(entry.createdBy) })),
  };
}
