import { ClaimedPaths } from '../claimed-paths.ts';
import type { Damage } from '../damage.ts';
import { linesIn } from '../lines.ts';
import { parseApkDigest } from './digest.ts';

/** One installed package, as apk's database describes it. Plain data: it is cached and crosses threads. */
export interface ApkRecord {
  readonly name: string;
  readonly version: string;
  readonly architecture?: string;
  readonly origin?: string;
  readonly licence?: string;
  readonly maintainer?: string;
  /** A line `path NUL mode NUL checksum` for each file and folder; mode octal, checksum as written, both may be ''. */
  readonly files: string;
}

const MAX_PACKAGES = 50_000;
const MAX_NAME = 256;

/**
 * The records of `lib/apk/db/installed`: a line is a letter, a colon and a value, and an empty line ends a package.
 * `F` opens a folder and `M` gives its owner and mode; `R` is a file in it, `a` and `Z` its mode and checksum
 * (apk-tools, src/database.c).
 */
export function parseInstalled(text: string, damage: Damage): ApkRecord[] {
  const records: ApkRecord[] = [];
  const claimed = new ClaimedPaths(damage);
  let draft = new Draft(1);
  let beyond = 0;
  const close = (): void => {
    const record = draft.toRecord(damage);
    if (record === undefined) return;
    if (records.length < MAX_PACKAGES) records.push(record);
    else beyond++;
  };
  for (const [number, line] of linesIn(text, damage)) {
    if (line === '') {
      close();
      draft = new Draft(number + 1);
    } else if (line[1] !== ':' || !draft.take(line[0] ?? '', line.slice(2), claimed)) {
      damage.add(`line ${number} is no record`);
    }
  }
  close();
  if (beyond > 0) damage.add(`only the first ${MAX_PACKAGES} packages are read`);
  return records;
}

/** One package while its lines are read. */
class Draft {
  readonly #line: number;
  readonly #fields = new Map<string, string>();
  readonly #files: string[] = [];
  #folder: string | undefined;
  /** The file or folder whose mode and checksum are still to come. */
  #path: string | undefined;
  #mode = '';
  #checksum = '';
  #empty = true;

  constructor(line: number) {
    this.#line = line;
  }

  /** False when the line does not fit where it stands. */
  take(letter: string, value: string, claimed: ClaimedPaths): boolean {
    this.#empty = false;
    switch (letter) {
      case 'P':
      case 'V':
      case 'A':
      case 'o':
      case 'L':
      case 'm':
        if (this.#fields.has(letter)) return false;
        this.#fields.set(letter, value.slice(0, MAX_NAME));
        return true;
      case 'F':
        this.#finish();
        this.#folder = value;
        this.#path = value === '' ? undefined : claimed.join('', value);
        return true;
      case 'R':
        this.#finish();
        if (this.#folder === undefined || value === '') return false;
        this.#path = claimed.join(this.#folder, value);
        return true;
      case 'M':
      case 'a':
        return this.#takeMode(value);
      case 'Z':
        this.#checksum = parseApkDigest(value) === undefined ? '' : value;
        return true;
      default:
        return true;
    }
  }

  /** Nothing where there were no lines at all, or no name. */
  toRecord(damage: Damage): ApkRecord | undefined {
    this.#finish();
    if (this.#empty) return undefined;
    const name = this.#fields.get('P') ?? '';
    if (name === '') {
      damage.add(`the package at line ${this.#line} has no name`);
      return undefined;
    }
    const architecture = this.#fields.get('A');
    const origin = this.#fields.get('o');
    const licence = this.#fields.get('L');
    const maintainer = this.#fields.get('m');
    return {
      name,
      version: this.#fields.get('V') ?? '',
      ...(architecture !== undefined && { architecture }),
      ...(origin !== undefined && { origin }),
      ...(licence !== undefined && { licence }),
      ...(maintainer !== undefined && { maintainer }),
      files: this.#files.join('\n'),
    };
  }

  /** `uid:gid:mode`, since apk 2.10 with a checksum of the extended attributes behind. */
  #takeMode(value: string): boolean {
    const mode = /^\d{1,10}:\d{1,10}:([0-7]{1,6})(?:$|:)/.exec(value)?.[1];
    if (mode === undefined) return false;
    this.#mode = mode;
    return true;
  }

  #finish(): void {
    if (this.#path !== undefined) this.#files.push(`${this.#path}\0${this.#mode}\0${this.#checksum}`);
    this.#path = undefined;
    this.#mode = '';
    this.#checksum = '';
  }
}
