import type { BlockSource } from '../disk/block-source.ts';
import { Unreadable } from '../disk/unreadable.ts';
import { isZero } from '../unpack/stray-bytes.ts';
import { isBootCode } from './boot-code.ts';
import type { VolumeContent } from './contract.ts';
import { findLabel, type PhysicalVolume } from './lvm/label.ts';
import { findMdSuperblock, type MdMember } from './md/superblock.ts';
import { findDistantSignature, findSignatures, isSwap, type Signature } from './signatures.ts';

/*
 * What a volume is, by its content.
 *
 * The type code and the name of a partition are for people, and are the attacker's: a scanner that goes by them is got round by renaming.
 * Magics are the attacker's too, but a system goes by the same ones. Where several are there, which of them a system
 * takes is its own affair: what can be read is read, and that there are several is said.
 */

const HEAD_BYTES = 128 * 1024;
/** Up to this much is read to its end to know that there is nothing but zeros. */
const WHOLE_BYTES = 64 * 2 ** 20;
const RESERVED_BYTES = 128 * 2 ** 20;
const BOOT_CODE_BYTES = 64 * 2 ** 20;
const STEP_BYTES = 2 ** 20;

export interface Probe {
  readonly name: string;
  probe(head: Buffer): boolean;
}

/** A volume whose content is asked for. */
export interface Subject {
  /** As the report calls it. */
  readonly name: string;
  readonly source: BlockSource;
  /** Type of the partition in words, where it is one. */
  readonly type?: string;
  readonly purpose?: 'boot' | 'reserved';
}

export interface Identity {
  /** Undefined where nothing that is known is there; or what it is is told by what it is a part of. */
  readonly content?: VolumeContent;
  readonly physicalVolume?: PhysicalVolume;
  readonly member?: MdMember;
  /** The content is told by a few bytes that may be there by chance. */
  readonly isVague?: true;
  /** Among them that it is several things at once. */
  readonly flaws: readonly Unreadable[];
}

/**
 * The first 128 KiB, or all of a smaller source.
 * @throws Unreadable, Failure of the source
 */
export function readHead(source: BlockSource): Promise<Buffer> {
  return source.read(0, Math.min(HEAD_BYTES, source.size));
}

/** Bytes that may still be read only to know that they are zeros, over all disks; counted down. */
export interface ZeroBudget {
  bytes: number;
}

/**
 * What has a magic.
 * @param head the first 128 KiB
 * @throws Failure of the source, Unreadable
 */
export async function identify(subject: Subject, head: Buffer, probes: readonly Probe[]): Promise<Identity> {
  const { name, source } = subject;
  const signatures = findSignatures(head);
  const disguise = signatures.find(({ isDisguise }) => isDisguise);
  if (disguise !== undefined) return { content: unreadAs(name, disguise), flaws: [] };

  const found = await findMdSuperblock(source, head);
  const member = found !== undefined && 'member' in found ? found.member : undefined;
  const damage = found !== undefined && 'damage' in found ? found.damage : undefined;
  // What is at the start of a member whose data are at its start belongs to the array; of a spare, to nobody.
  const several = found !== undefined && 'member' in found && found.flaw !== undefined ? [found.flaw] : [];
  if (member?.dataOffset === 0 && member.role !== undefined) return { member, flaws: several };

  const physicalVolume = findLabel(head, name);
  const drivers = probes.filter((probe) => probe.probe(head)).map((probe) => probe.name);
  const [driver] = drivers;
  const certain = signatures.filter(({ isCertain }) => isCertain);
  const what = [
    ...drivers,
    ...(member === undefined ? [] : ['a member of an MD array']),
    ...(physicalVolume === undefined ? [] : ['an LVM2 physical volume']),
    ...certain.map((signature) => signature.what),
  ];
  const flaws = what.length > 1 ? [...several, severalThings(name, what)] : several;
  const parts = { ...(member && { member }), ...(physicalVolume && { physicalVolume }) };
  if (driver !== undefined) {
    const content: VolumeContent = { kind: 'file-system', driver };
    return { content, ...parts, flaws: damage === undefined ? flaws : [...flaws, damage] };
  }
  if (damage !== undefined) return { content: { kind: 'unread', problem: damage }, ...parts, flaws };
  if (member !== undefined || physicalVolume !== undefined) return { ...parts, flaws };
  if (certain[0] !== undefined) return { content: unreadAs(name, certain[0]), flaws };
  if (isSwap(head)) return { content: { kind: 'accounted', what: 'swap' }, flaws };
  if (signatures[0] !== undefined) return { content: unreadAs(name, signatures[0]), isVague: true, flaws };
  return { flaws };
}

/** Whether it is more than bytes. */
export function isKnown({ content, physicalVolume, member, isVague }: Identity): boolean {
  return isVague !== true && (content !== undefined || physicalVolume !== undefined || member !== undefined);
}

function severalThings(name: string, what: readonly string[]): Unreadable {
  const list = what.join(' and ');
  return new Unreadable(
    'MALFORMED_DISK',
    `${name} can be taken for ${list}: systems may differ in which they use`,
    0,
  );
}

/**
 * What has no magic at its start.
 * @throws Failure of the source, Unreadable
 */
export async function identifyRest(
  subject: Subject,
  head: Buffer,
  budget: ZeroBudget,
): Promise<VolumeContent> {
  const { name, source, type, purpose } = subject;
  const distant = await findDistantSignature(source);
  if (distant !== undefined) return unreadAs(name, distant);
  const isBlank = isZero(head);
  if (source.size <= BOOT_CODE_BYTES && !isBlank && (purpose === 'boot' || isBootCode(head)))
    return { kind: 'boot-code' };
  const zeros = isBlank ? await lookForZeros(subject, budget) : 'content';
  if (zeros === 'all') return { kind: 'empty' };
  const typed = type === undefined ? '' : `, of the type ${type},`;
  const why =
    zeros === 'content'
      ? 'has content that is not known'
      : `begins with zeros, and its ${source.size} bytes are too many to know that all are`;
  return { kind: 'unread', problem: new Unreadable('UNKNOWN_CONTENT', `${name}${typed} ${why}`, 0) };
}

function unreadAs(name: string, { what, code }: Signature): VolumeContent {
  const message =
    code === 'ENCRYPTED' ? `${name} is encrypted (${what})` : `${name} holds ${what}, which is not read`;
  return { kind: 'unread', problem: new Unreadable(code, message, 0) };
}

async function lookForZeros(
  { source, purpose }: Subject,
  budget: ZeroBudget,
): Promise<'all' | 'content' | 'too many'> {
  const most = Math.min(purpose === 'reserved' ? RESERVED_BYTES : WHOLE_BYTES, budget.bytes);
  if (source.size > most) return 'too many';
  budget.bytes -= source.size;
  for (let at = HEAD_BYTES; at < source.size; at += STEP_BYTES)
    if (!isZero(await source.read(at, Math.min(STEP_BYTES, source.size - at)))) return 'content';
  return 'all';
}
