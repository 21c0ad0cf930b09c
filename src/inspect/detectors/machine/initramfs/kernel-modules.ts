import type { ImageView } from '../../../contract.ts';

/* The modules of an initramfs are copies: of each kernel whose modules the machine has, it has those too. */

const MODULE =
  /^(?:usr\/)?lib\/modules\/([^/]{1,200})\/(?:.{0,1000}\/)?([^/]{1,200}\.ko)(?:\.(?:xz|gz|zst))?$/;

export function isModule(path: string): boolean {
  return MODULE.test(path);
}

/** Of the modules at `paths` those that the machine has under no kernel, though it has that kernel's. */
export function* foreignModules(image: ImageView, paths: readonly string[]): Generator<string> {
  if (paths.length === 0) return;
  const kernels = new Set<string>();
  const names = new Set<string>();
  for (const { record } of image.final.entries()) {
    const [, kernel, name] = MODULE.exec(record.path) ?? [];
    if (kernel === undefined || name === undefined) continue;
    kernels.add(kernel);
    names.add(name);
  }
  for (const path of paths) {
    const [, kernel, name] = MODULE.exec(path) ?? [];
    if (kernel !== undefined && name !== undefined && kernels.has(kernel) && !names.has(name)) yield path;
  }
}
