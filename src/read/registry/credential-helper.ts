import { spawn } from 'node:child_process';
import { Failure } from '../../core/failure.ts';
import { toOneLine } from '../../core/one-line.ts';
import { DOCKER_HUB } from '../../core/reference.ts';
import type { Credentials } from './credentials.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const MAX_OUTPUT = 64 * 1024;
/** What helpers made with docker-credential-helpers say, on standard output, when they have nothing. */
const NOT_FOUND = 'credentials not found in native keychain';

/**
 * Asks `docker-credential-NAME get` (github.com/docker/docker-credential-helpers): the host on standard input,
 * `{"Username", "Secret"}` on standard output; the user name `<token>` means that the secret is an identity token.
 * The helper is a program the user configured; it runs without a shell, for `timeoutMs` at most, and what it prints
 * is bounded.
 * @returns undefined when the helper knows none.
 * @throws Failure CREDENTIAL_HELPER_FAILED, CANCELLED
 */
export async function askCredentialHelper(
  name: string,
  host: string,
  options: { readonly env: NodeJS.ProcessEnv; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Credentials | undefined> {
  if (!NAME.test(name)) {
    throw new Failure(
      'CREDENTIAL_HELPER_FAILED',
      `"${toOneLine(name, 40)}" is no credential helper's name: correct credHelpers or credsStore`,
    );
  }
  const program = `docker-credential-${name}`;
  const server = host === DOCKER_HUB ? 'https://index.docker.io/v1/' : host;
  const { status, output } = await runHelper(program, server, options);
  if (status !== 0) {
    if (output.includes(NOT_FOUND)) return undefined;
    throw new Failure(
      'CREDENTIAL_HELPER_FAILED',
      `${program} failed for ${host} (exit status ${status ?? 'unknown'}): ${toOneLine(output) || 'it said nothing'}`,
    );
  }
  return parseAnswer(output, program);
}

function parseAnswer(output: string, program: string): Credentials | undefined {
  // The message must not repeat the output: it may hold a secret.
  const refuse = (): Failure =>
    new Failure('CREDENTIAL_HELPER_FAILED', `${program} did not answer with {"Username", "Secret"} in JSON`);
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw refuse();
  }
  if (typeof answer !== 'object' || answer === null) throw refuse();
  const { Username: username, Secret: secret } = answer as { Username?: unknown; Secret?: unknown };
  if (typeof username !== 'string' || typeof secret !== 'string') throw refuse();
  if (username === '' || secret === '') return undefined;
  return username === '<token>'
    ? { kind: 'identity-token', token: secret }
    : { kind: 'password', username, password: secret };
}

function runHelper(
  program: string,
  input: string,
  { env, timeoutMs, signal }: { env: NodeJS.ProcessEnv; timeoutMs: number; signal: AbortSignal },
): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void =>
      reject(new Failure('CREDENTIAL_HELPER_FAILED', `${program} ${why}`, { cause }));
    if (signal.aborted) return reject(new Failure('CANCELLED', 'cancelled'));
    const child = spawn(program, ['get'], { env, stdio: ['pipe', 'pipe', 'ignore'], shell: false });
    const stop = (then: () => void): void => {
      child.kill('SIGKILL');
      // A grandchild may still hold the pipe.
      child.stdout.destroy();
      then();
    };
    const timer = setTimeout(() => stop(() => fail(`gave no answer within ${timeoutMs} ms`)), timeoutMs);
    const onAbort = (): void => stop(() => reject(new Failure('CANCELLED', 'cancelled')));
    signal.addEventListener('abort', onAbort, { once: true });
    const release = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    };
    const chunks: Buffer[] = [];
    let length = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_OUTPUT) stop(() => fail(`printed more than ${MAX_OUTPUT} bytes`));
      else chunks.push(chunk);
    });
    child.on('error', (cause) => {
      release();
      fail('could not be run: install it, or remove it from credHelpers and credsStore', cause);
    });
    child.on('close', (status) => {
      release();
      resolve({ status, output: Buffer.concat(chunks).toString('utf8') });
    });
    // A helper that does not read its input closes the pipe; its exit status says more.
    child.stdin.on('error', () => undefined);
    child.stdin.end(`${input}\n`);
  });
}
