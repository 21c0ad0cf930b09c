import { spawnSync } from 'node:child_process';

/** Standard output of a program. @throws Error with its standard error when it fails or is missing */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; input?: string } = {},
): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: environmentFor(program),
    ...options,
  });
  if (error !== undefined) throw error;
  if (status !== 0)
    throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr.slice(-2000)}`);
  return stdout;
}

/**
 * Programs that write partition tables end with sync(2), which waits for every disk of the machine. What they write here is a
 * scratch file: libeatmydata lets them not wait, where it is installed.
 */
export function environmentFor(program: string): NodeJS.ProcessEnv {
  return /^s[gf]disk$/.test(program) && isInstalled('eatmydata')
    ? { ...process.env, LD_PRELOAD: 'libeatmydata.so' }
    : process.env;
}

export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}
