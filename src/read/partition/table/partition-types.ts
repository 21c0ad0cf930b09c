import type { Partition } from './partition.ts';

/*
 * What type codes are called, for messages alone: content decides what a partition is. Only for code that no magic
 * tells, and for space that is kept free, does the code tip the balance.
 */

type Named = Pick<Partition, 'type' | 'purpose'>;

const GPT_TYPES: Readonly<Record<string, string>> = {
  'c12a7328-f81f-11d2-ba4b-00a0c93ec93b': 'EFI system',
  '21686148-6449-6e6f-744e-656564454649': 'BIOS boot',
  'e3c9e316-0b5c-4db8-817d-f92df00215ae': 'Microsoft reserved',
  'ebd0a0a2-b9e5-4433-87c0-68b6b72699c7': 'Microsoft basic data',
  'de94bba4-06d1-4d40-a16a-bfd50179d6ac': 'Windows recovery',
  '5808c8aa-7e8f-42e0-85d2-e1e90434cfb3': 'Windows LDM metadata',
  'af9b60a0-1431-4f62-bc68-3311714a69ad': 'Windows LDM data',
  'e75caf8f-f680-4cee-afa3-b001e56efc2d': 'Windows Storage Spaces',
  '0fc63daf-8483-4772-8e79-3d69d8477de4': 'Linux file system',
  '0657fd6d-a4ab-43c4-84e5-0933c84b4f4f': 'Linux swap',
  'e6d6d379-f507-44c2-a23c-238f2a3df928': 'Linux LVM',
  'a19d880f-05fc-4d3b-a006-743f0f84911e': 'Linux RAID',
  '8da63339-0007-60c0-c436-083ac8230908': 'Linux reserved',
  'ca7d7ccb-63ed-4c53-861c-1742536059cc': 'Linux LUKS',
  '7ffec5c9-2d00-49b7-8941-3ea10a5586b7': 'Linux dm-crypt',
  'bc13c2ff-59e6-4262-a352-b275fd6f7172': 'Linux extended boot',
  '933ac7e1-2eb4-4f13-b844-0e14e2aef915': 'Linux home',
  '3b8f8425-20e0-4f3b-907f-1a25a76f98e8': 'Linux server data',
  '4d21b016-b534-45c2-a9fb-5c16e091fd2d': 'Linux variable data',
  '44479540-f297-41b2-9af7-d131d5f0458a': 'Linux root (x86)',
  '4f68bce3-e8cd-4db1-96e7-fbcaf984b709': 'Linux root (x86-64)',
  '69dad710-2ce4-4e3c-b16c-21a1d49abed3': 'Linux root (ARM)',
  'b921b045-1df0-41c3-af44-4c6f280d3fae': 'Linux root (ARM64)',
  '8484680c-9521-48c6-9c11-b0720656f69e': 'Linux /usr (x86-64)',
  'b0e01050-ee5f-4390-949a-9101b17104e9': 'Linux /usr (ARM64)',
  '2c7357ed-ebd2-46d9-aec1-23d437ec2bf5': 'Linux root verity (x86-64)',
  'df3300ce-d69f-4c92-978c-9bfb0f38d820': 'Linux root verity (ARM64)',
  '77ff5f63-e7b6-4633-acf4-1565b864c0e6': 'Linux /usr verity (x86-64)',
  '9e1a2d38-c612-4316-aa26-8b49521e5a8b': 'PowerPC PReP boot',
  'fe3a2a5d-4f32-41a7-b725-accc3285a309': 'ChromeOS kernel',
  '3cb8e202-3b7e-47dd-8a3c-7ff2a13cfcec': 'ChromeOS root',
  'cab6e88e-abf3-4102-a07a-d4bb9be3c1d3': 'ChromeOS firmware',
  '2e0a753d-9e48-43b0-8337-b15192cb1b5e': 'ChromeOS reserved',
  '5dfbf5f4-2848-4bac-aa5e-0d9a20b745a6': 'CoreOS /usr',
  '3884dd41-8582-4404-b9a8-e9b84f2df50e': 'CoreOS root',
  '83bd6b9d-7f41-11dc-be0b-001560b84f0f': 'FreeBSD boot',
  '516e7cb5-6ecf-11d6-8ff8-00022d09712b': 'FreeBSD swap',
  '516e7cb6-6ecf-11d6-8ff8-00022d09712b': 'FreeBSD UFS',
  '516e7cba-6ecf-11d6-8ff8-00022d09712b': 'FreeBSD ZFS',
  '48465300-0000-11aa-aa11-00306543ecac': 'Apple HFS+',
  '7c3457ef-0000-11aa-aa11-00306543ecac': 'Apple APFS',
  '6a898cc3-1dd2-11b2-99a6-080020736631': 'ZFS',
  '6a945a3b-1dd2-11b2-99a6-080020736631': 'Solaris reserved',
  'aa31e02a-400f-11db-9590-000c2911d1b8': 'VMware VMFS',
  '9198effc-31c0-11db-8f78-000c2911d1b8': 'VMware reserved',
  '4fbd7e29-9d25-41b8-afd0-062c0ceff05d': 'Ceph OSD',
};

const GPT_PURPOSES: Readonly<Record<string, 'boot' | 'reserved'>> = {
  '21686148-6449-6e6f-744e-656564454649': 'boot',
  '9e1a2d38-c612-4316-aa26-8b49521e5a8b': 'boot',
  'fe3a2a5d-4f32-41a7-b725-accc3285a309': 'boot',
  '83bd6b9d-7f41-11dc-be0b-001560b84f0f': 'boot',
  'e3c9e316-0b5c-4db8-817d-f92df00215ae': 'reserved',
};

/** UAPI group, Discoverable Partitions Specification; `/usr` has one type for each architecture. */
const USUAL_MOUNTS: Readonly<Record<string, string>> = {
  '933ac7e1-2eb4-4f13-b844-0e14e2aef915': 'home',
  '3b8f8425-20e0-4f3b-907f-1a25a76f98e8': 'srv',
  '4d21b016-b534-45c2-a9fb-5c16e091fd2d': 'var',
  '7ec6f557-3bc5-4aca-b293-16ef5df639d1': 'var/tmp',
  'bc13c2ff-59e6-4262-a352-b275fd6f7172': 'boot',
  '75250d76-8cc6-458e-bd66-bd47cc81a812': 'usr',
  '8484680c-9521-48c6-9c11-b0720656f69e': 'usr',
  '7d0359a3-02b3-4f0a-865c-654403e70625': 'usr',
  'b0e01050-ee5f-4390-949a-9101b17104e9': 'usr',
  'beaec34b-8442-439b-a40b-984381ed097d': 'usr',
  'e611c702-575c-4cbe-9a46-434fa0bf7e3f': 'usr',
  '15bb03af-77e7-4d4a-b12b-c0d084f7491c': 'usr',
  '8a4f5770-50aa-4ed3-874a-99b710db6fea': 'usr',
};

const MBR_TYPES: Readonly<Record<number, string>> = {
  1: 'FAT12',
  4: 'FAT16 below 32 MB',
  6: 'FAT16',
  7: 'NTFS or exFAT',
  11: 'FAT32',
  12: 'FAT32 (LBA)',
  14: 'FAT16 (LBA)',
  17: 'hidden FAT12',
  23: 'hidden NTFS',
  27: 'hidden FAT32',
  39: 'Windows recovery',
  66: 'Windows dynamic disk',
  65: 'PowerPC PReP boot',
  130: 'Linux swap',
  131: 'Linux',
  134: 'NTFS volume set',
  142: 'Linux LVM',
  165: 'FreeBSD',
  166: 'OpenBSD',
  169: 'NetBSD',
  175: 'Apple HFS+',
  190: 'Solaris boot',
  191: 'Solaris',
  231: 'dm-verity',
  232: 'Linux LUKS',
  234: 'Linux extended boot',
  238: 'GPT protective',
  239: 'EFI system',
  251: 'VMware VMFS',
  252: 'VMware VMKCORE',
  253: 'Linux RAID',
};

/** @param guid as `toGuid` writes it */
export function toGptType(guid: string): Named {
  const purpose = GPT_PURPOSES[guid];
  return { type: GPT_TYPES[guid] ?? `unknown (${guid})`, ...(purpose && { purpose }) };
}

export function usualMountOf(guid: string): string | undefined {
  return USUAL_MOUNTS[guid];
}

export function toMbrType(code: number): Named {
  const type = MBR_TYPES[code] ?? `unknown (0x${code.toString(16).padStart(2, '0')})`;
  return { type, ...(code === 65 && { purpose: 'boot' }) };
}
