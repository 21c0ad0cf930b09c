import { existsSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DebianVariant, debianRoot, PEER_FOLDER, writeLayer } from '../test/peers/debian.ts';
import { writeDockerSave } from '../test/peers/docker-save.ts';
import { run } from '../test/peers/run.ts';

/* The images that are measured, made once with Debian's own tools and kept outside the repository. */

/** A `docker save` of a Debian root file system. */
export async function debianArchive(variant: DebianVariant): Promise<string> {
  const file = join(PEER_FOLDER, `${variant}.tar`);
  if (existsSync(file)) return file;
  const layer = join(PEER_FOLDER, `${variant}.layer.tar`);
  writeLayer(await debianRoot(variant), layer);
  await writeDockerSave(file, { tag: `${variant}:latest`, layers: [layer] });
  return file;
}

/** The layer of the minimal Debian, gzipped as a registry stores it. */
export async function debianLayerGzip(): Promise<string> {
  const file = join(PEER_FOLDER, 'bookworm-minbase.layer.tar.gz');
  if (existsSync(file)) return file;
  const layer = join(PEER_FOLDER, 'bookworm-minbase.bench.tar');
  writeLayer(await debianRoot('bookworm-minbase'), layer);
  run('sh', ['-c', `gzip -6 < ${layer} > ${file}.part && mv ${file}.part ${file} && rm ${layer}`]);
  return file;
}

/** 3 GB of files that do not compress away, 1 to 64 MiB each. */
export async function largeArchive(): Promise<string> {
  const file = join(PEER_FOLDER, 'large-3g.tar');
  if (existsSync(file)) return file;
  const folder = join(PEER_FOLDER, 'large-3g');
  run('sh', ['-c', `rm -rf ${folder} && mkdir -p ${folder}/opt/data`]);
  for (let index = 0; index < 96; index++) {
    run('dd', [
      'if=/dev/urandom',
      `of=${folder}/opt/data/${index}.bin`,
      'bs=1M',
      `count=${1 + ((index * 7) % 64)}`,
    ]);
  }
  return archiveOf(folder, file, 'large:latest');
}

/** A million empty files in a thousand folders. */
export async function manyFilesArchive(): Promise<string> {
  const file = join(PEER_FOLDER, 'many-files.tar');
  if (existsSync(file)) return file;
  const layer = join(PEER_FOLDER, 'many-files.layer.tar');
  const script = join(PEER_FOLDER, 'many-files.awk');
  await writeFile(script, EMPTY_FILES);
  run('sh', ['-c', `awk -f ${script} | python3 -c '${TAR_OF_NAMES}' > ${layer}`]);
  await writeDockerSave(file, { tag: 'many:latest', layers: [layer] });
  return file;
}

const EMPTY_FILES =
  'BEGIN { for (d = 0; d < 1000; d++) for (f = 0; f < 1000; f++) print "srv/d" d "/f" f }\n';
const TAR_OF_NAMES = [
  'import sys, tarfile',
  'out = tarfile.open(fileobj=sys.stdout.buffer, mode="w|", format=tarfile.USTAR_FORMAT)',
  'for name in sys.stdin: out.addfile(tarfile.TarInfo(name.strip()))',
  'out.close()',
].join('\n');

async function archiveOf(folder: string, file: string, tag: string): Promise<string> {
  const layer = `${file}.layer`;
  run('tar', ['-C', folder, '-cf', layer, '.']);
  run('rm', ['-rf', folder]);
  await writeDockerSave(`${file}.part`, { tag, layers: [layer] });
  await rename(`${file}.part`, file);
  return file;
}
