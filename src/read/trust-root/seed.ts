import { Failure } from '../../core/failure.ts';

/**
 * What @sigstore/tuf ships of the public repository.
 * @throws Failure INTERNAL when it ships nothing of `url`
 */
export async function readSeed(
  url: string,
): Promise<{ readonly root: string; readonly trustedRoot: string }> {
  const { default: seeds } = await import('@sigstore/tuf/seeds.json', { with: { type: 'json' } });
  const seed = new Map(Object.entries(seeds)).get(url);
  if (seed === undefined) throw new Failure('INTERNAL', `no root of ${url} ships with this program`);
  const decode = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8');
  return { root: decode(seed['root.json']), trustedRoot: decode(seed.targets['trusted_root.json']) };
}
