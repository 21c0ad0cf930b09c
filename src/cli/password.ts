import { once } from 'node:events';
import type { AskPassword } from '../app/sign/index.ts';
import { Failure } from '../core/failure.ts';

const MAX_PASSWORD = 4096;

/**
 * Where the password of a private key comes from: `PRATIQUE_KEY_PASSWORD`, else `COSIGN_PASSWORD`, else the person at the
 * terminal, without an echo. An empty variable is an empty password.
 */
export const askPassword: AskPassword = async () => {
  const given = process.env.PRATIQUE_KEY_PASSWORD ?? process.env.COSIGN_PASSWORD;
  if (given !== undefined) return given;
  return process.stdin.isTTY && process.stderr.isTTY ? readFromTerminal() : undefined;
};

/** @throws Failure CANCELLED */
async function readFromTerminal(): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write('Password of the private key: ');
  stdin.setRawMode(true);
  stdin.resume();
  stdin.setEncoding('utf8');
  let password = '';
  try {
    while (password.length < MAX_PASSWORD) {
      const [keys] = (await once(stdin, 'data')) as [string];
      for (const key of keys) {
        if (key === '\r' || key === '\n' || key === '\x04') return password;
        // Ctrl-C: raw mode keeps it from being a signal.
        if (key === '\x03') throw new Failure('CANCELLED', 'no password was given: nothing was signed');
        if (key === '\x7f' || key === '\b') password = Array.from(password).slice(0, -1).join('');
        else password += key;
      }
    }
    return password;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}
