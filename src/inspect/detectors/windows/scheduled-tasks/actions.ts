/** What a task starts. */
export interface Action {
  readonly command: string;
  readonly parameters: string;
}

const EXEC = 0x6666;
const COM_HANDLER = 0x7777;
const MAX_ACTIONS = 32;

/**
 * The programs in the `Actions` of a cached task: a version, the account, then each action by its kind. What is not written so
 * is taken as one text, with all its strings, so that nothing goes unseen.
 */
export function actionsOf(data: Buffer): Action[] {
  const actions: Action[] = [];
  const reader = new Reader(data);
  const version = reader.short();
  if ((version ?? 0) > 1) reader.string();
  while (!reader.ended && actions.length < MAX_ACTIONS) {
    const kind = reader.short();
    reader.string();
    if (kind === EXEC) {
      const command = reader.string();
      const parameters = reader.string();
      reader.string();
      if (version === 3) reader.short();
      if (command !== undefined) actions.push({ command, parameters: parameters ?? '' });
    } else if (kind === COM_HANDLER) {
      reader.skip(16);
      reader.string();
    } else reader.fail();
  }
  if (!reader.failed) return actions;
  const text = data
    .toString('utf16le')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
  return [...actions, { command: '', parameters: text }];
}

/** A task of the old kind ([MS-TSCH] 2.4): the name of the program stands where the head says, its parameters follow. */
export function jobOf(bytes: Uint8Array): Action | undefined {
  const { buffer, byteOffset, byteLength } = bytes;
  const data = Buffer.from(buffer, byteOffset, byteLength);
  if (data.length < 68) return undefined;
  let at = data.readUInt16LE(20);
  const next = (): string | undefined => {
    if (at + 2 > data.length) return undefined;
    const end = at + 2 + data.readUInt16LE(at) * 2;
    if (end > data.length) return undefined;
    const text = data.toString('utf16le', at + 2, end).replace(/\0.*$/s, '');
    at = end;
    return text;
  };
  const command = next();
  const parameters = next();
  return command === undefined || parameters === undefined ? undefined : { command, parameters };
}

/** Reads on until something does not fit. */
class Reader {
  readonly #data: Buffer;
  #at = 0;
  failed = false;

  constructor(data: Buffer) {
    this.#data = data;
  }

  get ended(): boolean {
    return this.failed || this.#at >= this.#data.length;
  }

  fail(): undefined {
    this.failed = true;
  }

  skip(bytes: number): void {
    if (this.#at + bytes > this.#data.length) this.fail();
    else this.#at += bytes;
  }

  short(): number | undefined {
    const at = this.#at;
    this.skip(2);
    return this.failed ? undefined : this.#data.readUInt16LE(at);
  }

  string(): string | undefined {
    const at = this.#at;
    this.skip(4);
    if (this.failed) return undefined;
    const length = this.#data.readUInt32LE(at);
    this.skip(length);
    return this.failed ? undefined : this.#data.toString('utf16le', at + 4, at + 4 + length);
  }
}
