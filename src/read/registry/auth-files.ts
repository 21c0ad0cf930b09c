import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../core/failure.ts';

/** A file that may hold credentials: what to call it, and its content. */
export interface AuthFile {
  readonly name: string;
  readonly text: string;
}

const MAX_BYTES = 1 << 20;

/**
 * The files that Podman, Skopeo and Docker keep credentials in, in this order, those that exist:
 * `REGISTRY_AUTH_FILE`, `$XDG_RUNTIME_DIR/containers/auth.json`, `~/.config/containers/auth.json`
 * (containers-auth.json(5)), `$DOCKER_CONFIG/config.json` or `~/.docker/config.json`.
 * @throws Failure USAGE (the file that `REGISTRY_AUTH_FILE` names is missing; a file over 1 MiB), NO_PERMISSION
 */
export async function readAuthFiles(env: NodeJS.ProcessEnv, homeDir: string): Promise<AuthFile[]> {
  const named = set(env.REGISTRY_AUTH_FILE);
  const runtime = set(env.XDG_RUNTIME_DIR);
  const config = set(env.XDG_CONFIG_HOME) ?? join(homeDir, '.config');
  const docker = set(env.DOCKER_CONFIG) ?? join(homeDir, '.docker');
  const paths = [
    ...(named === undefined ? [] : [named]),
    ...(runtime === undefined ? [] : [join(runtime, 'containers', 'auth.json')]),
    join(config, 'containers', 'auth.json'),
    join(docker, 'config.json'),
  ];
  const files: AuthFile[] = [];
  for (const path of paths) {
    const text = await readIfThere(path);
    if (text !== undefined) files.push({ name: path, text });
    else if (path === named)
      throw new Failure('USAGE', `REGISTRY_AUTH_FILE names ${path}, which does not exist`);
  }
  return files;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    await using file = await open(path, 'r');
    const { size } = await file.stat();
    if (size > MAX_BYTES)
      throw new Failure('USAGE', `${path} is larger than ${MAX_BYTES} bytes: no auth file`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_BYTES), 0, MAX_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Failure('NO_PERMISSION', `credentials cannot be read from ${path} (${String(code)})`, {
      cause: error,
    });
  }
}

function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
