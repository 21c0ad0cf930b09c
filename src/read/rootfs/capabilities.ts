import { spawn } from 'node:child_process';
import { messageOf } from '../../core/failure.ts';
import type { LayerPath } from '../../core/layer-path.ts';
import { toLayerPath } from '../../core/layer-path.ts';
import type { Problem } from '../../core/problem.ts';
import { decodeName } from '../unpack/tar-text.ts';

/*
 * File capabilities of a folder. They are in an extended attribute, and Node reads none, so `getfattr` (of the attr
 * package) is asked. A program with cap_setuid is as good as a setuid root one: where nobody can be asked, the folder was
 * not wholly inspected, and that is a problem.
 */

const ATTRIBUTE = 'security.capability';
/** Only files that have capabilities are listed; honest systems have a dozen. */
const MAX_OUTPUT = 16 * 2 ** 20;

export interface Capabilities {
  /** The raw attribute by path, as latin1. */
  readonly found: ReadonlyMap<LayerPath, string>;
  readonly problems: readonly Problem[];
}

/** @param root absolute, without a trailing slash; empty for `/` */
export async function readCapabilities(root: Buffer, signal: AbortSignal): Promise<Capabilities> {
  const folder = root.length === 0 ? '/' : root.toString('latin1');
  try {
    const output = await runGetfattr(Buffer.from(folder, 'latin1').toString(), signal);
    return { found: parseGetfattr(output, root), problems: [] };
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const why = missing ? 'getfattr is not installed; install the attr package' : messageOf(error);
    const message = `file capabilities of the folder could not be read: ${why}, or inspect a tar of it`;
    return { found: new Map(), problems: [{ code: 'UNSUPPORTED', effect: 'incomplete', message }] };
  }
}

/**
 * Reads `getfattr --dump --encoding=hex`: a line `# file: PATH`, the attributes, a blank line. Bytes that would break the
 * format are written as `\ooo`.
 */
export function parseGetfattr(output: Buffer, root: Buffer): Map<LayerPath, string> {
  const found = new Map<LayerPath, string>();
  let path: LayerPath | undefined;
  for (const line of output.toString('latin1').split('\n')) {
    if (line.startsWith('# file: ')) path = toRelative(line.slice('# file: '.length), root);
    const [, hex] = /^security\.capability=0x((?:[0-9a-f]{2}){1,64})$/i.exec(line) ?? [];
    if (hex !== undefined && path !== undefined) found.set(path, Buffer.from(hex, 'hex').toString('latin1'));
  }
  return found;
}

function toRelative(escaped: string, root: Buffer): LayerPath {
  const raw = escaped.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  return toLayerPath(decodeName(Buffer.from(raw, 'latin1').subarray(root.length)));
}

/** @throws Error of the system when it does not start, fails, or says more than is read */
function runGetfattr(folder: string, signal: AbortSignal): Promise<Buffer> {
  const flags = [
    '-R',
    '-P',
    '-h',
    '-d',
    '-e',
    'hex',
    '--absolute-names',
    '-m',
    `^${ATTRIBUTE.replace('.', '\\.')}$`,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn('getfattr', [...flags, '--', folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
      signal,
    });
    const chunks: Buffer[] = [];
    let length = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_OUTPUT) child.kill();
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (status === 0) resolve(Buffer.concat(chunks));
      else
        reject(
          new Error(
            length > MAX_OUTPUT ? 'more files have them than are read' : `getfattr ended with ${status}`,
          ),
        );
    });
  });
}
