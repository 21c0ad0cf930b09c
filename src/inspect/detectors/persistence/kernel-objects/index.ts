import type { Detector } from '../../../contract.ts';

/*
 * A container shares its host's kernel, so an application image has no use for code that runs in it: a rootkit has. A
 * module is a relocatable ELF with a `vermagic=` string (kernel, Documentation/kbuild/modules.rst), whatever its name; an
 * eBPF object is an ELF for machine 247 (EM_BPF). A compressed module shows only its name.
 */

interface KernelObject {
  readonly what: 'kernel module' | 'compressed kernel module' | 'eBPF object';
}

const RULE = 'persistence/kernel-object';
const VERMAGIC = 'vermagic=';
const EM_BPF = 247;
const ET_REL = 1;

export const kernelObjects: Detector<KernelObject> = {
  id: 'persistence/kernel-objects',
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'Code for the kernel lies in an application image',
      remedy:
        'Remove it, unless loading it into the host is what the image is for; then deliver it as a package.',
      attack: ['T1547.006', 'T1014'],
      controls: ['TVM-06', 'IVS-04'],
      references: [
        'https://attack.mitre.org/techniques/T1547/006/',
        'https://attack.mitre.org/techniques/T1014/',
      ],
    },
  ],
  examiner: {
    id: 'persistence/kernel-objects',
    version: 1,
    wants: [
      { content: ['elf'], needles: [VERMAGIC] },
      { content: ['elf'] },
      { content: ['archive'], paths: /\.ko\.(?:xz|gz|zst)$/ },
    ],
    *examine(file) {
      if (file.base !== 0) return;
      const isElf = file.record.content === 'elf';
      const { type, machine } = headerOf(file.bytes);
      if (isElf && machine === EM_BPF) yield { what: 'eBPF object' };
      else if (
        isElf &&
        type === ET_REL &&
        (file.hits(VERMAGIC).length > 0 || file.record.path.endsWith('.ko'))
      )
        yield { what: 'kernel module' };
      else if (/\.ko\.(?:xz|gz|zst)$/.test(file.record.path)) yield { what: 'compressed kernel module' };
    },
  },
  *judge(image, seen) {
    for (const { layer, path, observation } of seen) {
      if (image.owner(path, layer) !== undefined) continue;
      yield { rule: RULE, layer, path, evidence: `${observation.what}, owned by no package` };
    }
  },
};

/** `e_type` and `e_machine` of an ELF header, in its own byte order; zeros where it is too short. */
function headerOf(bytes: Uint8Array): { type: number; machine: number } {
  if (bytes.length < 20) return { type: 0, machine: 0 };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = bytes[5] !== 2;
  return { type: view.getUint16(16, little), machine: view.getUint16(18, little) };
}
