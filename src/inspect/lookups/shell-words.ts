import { type Pipeline, PipelineBuilder, type Wanted } from './pipeline.ts';

/*
 * Commands of shell scripts (POSIX Shell Command Language, 2.2 to 2.9), as far as look-ups need them: words without their quotes, over
 * continued lines, within `$(…)` and backticks, in pipelines. Nothing is expanded. Each character is looked at once; nesting is bounded.
 */

const MAX_DEPTH = 64;
/** Heredocs that do not end are no heredocs (`1 << 2`): each is looked for to the end. */
const MAX_ENDLESS = 20;
/** What stands in for words that a substitution makes. */
const SUBSTITUTED = '$()';
/** Characters that mean something else than themselves. */
const SPECIAL: ReadonlySet<string> = new Set('\n\r\t "\'`\\$#;&|()<>');
const HEREDOC = /<<-?[ \t]*(["']?)([\w.-]{1,100})\1/y;

/**
 * Pipelines with a command that is wanted; a script has a million others.
 * @throws SyntaxError with the line, where a quote or a bracket does not end
 */
export function readPipelines(text: string, isWanted: Wanted, firstLine = 1, depth = 0): Pipeline[] {
  const reader = new ShellReader(text, isWanted, firstLine, depth);
  reader.list(undefined);
  return reader.found;
}

class ShellReader {
  readonly found: Pipeline[] = [];
  readonly #text: string;
  readonly #isWanted: Wanted;
  #at = 0;
  #line: number;
  #depth: number;
  #endless = 0;
  /** Markers of heredocs that begin with the next line. */
  readonly #heredocs: string[] = [];

  constructor(text: string, isWanted: Wanted, line: number, depth: number) {
    this.#text = text;
    this.#isWanted = isWanted;
    this.#line = line;
    this.#depth = depth;
  }

  /** Commands up to what ends them: the end of the text, or of a substitution. */
  list(end: ')' | '`' | undefined): void {
    if (++this.#depth > MAX_DEPTH) throw new SyntaxError(`line ${this.#line}: it nests too deeply`);
    const begun = this.#line;
    const builder = new PipelineBuilder(this.found, this.#isWanted);
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) {
        if (end !== undefined) throw new SyntaxError(`the substitution in line ${begun} does not end`);
        break;
      }
      if (character === end) break;
      this.#step(character, builder);
    }
    this.#at++;
    builder.endPipeline();
    this.#depth--;
  }

  #step(character: string, builder: PipelineBuilder): void {
    switch (character) {
      case '\n':
        this.#newline();
        builder.newline();
        return;
      case ' ':
      case '\t':
      case '\r':
        this.#at++;
        builder.endWord();
        return;
      case '#':
        if (builder.isInWord) this.#take(1, builder);
        else this.#at = endOfLine(this.#text, this.#at);
        return;
      case ';':
        this.#at++;
        builder.endPipeline();
        return;
      case '&':
        this.#ampersand(builder);
        return;
      case '|':
        this.#bar(builder);
        return;
      case '(':
        this.#at++;
        this.list(')');
        builder.append(SUBSTITUTED, this.#line);
        return;
      case '<':
        if (!this.#heredoc()) this.#take(this.#text.startsWith('<<<', this.#at) ? 3 : 1, builder);
        return;
      default:
        this.#inWord(character, builder);
    }
  }

  /** What stands in words, quoted or not. */
  #inWord(character: string, builder: PipelineBuilder): void {
    switch (character) {
      case "'":
        builder.append(this.#single(builder.word.endsWith('$')), this.#line);
        return;
      case '"':
        builder.append(this.#double(), this.#line);
        return;
      case '\\':
        if (/^\\\r?\n/.test(this.#text.slice(this.#at, this.#at + 3))) {
          this.#at = this.#text.indexOf('\n', this.#at) + 1;
          this.#line++;
        } else {
          this.#at++;
          this.#take(1, builder);
        }
        return;
      case '`':
        this.#at++;
        this.list('`');
        builder.append(SUBSTITUTED, this.#line);
        return;
      default:
        this.#take(this.#plainLength(), builder);
    }
  }

  #take(length: number, builder: PipelineBuilder): void {
    builder.append(this.#text.slice(this.#at, this.#at + length), this.#line);
    this.#at += length;
  }

  #plainLength(): number {
    let end = this.#at + 1;
    for (; end < this.#text.length; end++) if (SPECIAL.has(this.#text[end] ?? '')) break;
    return end - this.#at;
  }

  /** `&&` and `&` end a command, `>&` and `&>` redirect. */
  #ampersand(builder: PipelineBuilder): void {
    const isRedirect = builder.word.endsWith('>') || this.#text[this.#at + 1] === '>';
    if (isRedirect) this.#take(1, builder);
    else {
      this.#at++;
      builder.endPipeline();
    }
  }

  #bar(builder: PipelineBuilder): void {
    const isOr = this.#text[this.#at + 1] === '|';
    this.#at += isOr ? 2 : 1;
    if (isOr) builder.endPipeline();
    else builder.endCommand();
  }

  #single(isAnsi: boolean): string {
    const begun = this.#line;
    const from = ++this.#at;
    for (; ; this.#at++) {
      const character = this.#text[this.#at];
      if (character === undefined) throw new SyntaxError(`the quote in line ${begun} does not end`);
      if (character === '\n') this.#line++;
      if (character === '\\' && isAnsi) this.#at++;
      else if (character === "'") return this.#text.slice(from, this.#at++);
    }
  }

  #double(): string {
    const begun = this.#line;
    const parts: string[] = [];
    let from = ++this.#at;
    const cut = (): void => {
      parts.push(this.#text.slice(from, this.#at));
    };
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) throw new SyntaxError(`the quote in line ${begun} does not end`);
      if (character === '\n') this.#line++;
      const isSubstitution = character === '`' || this.#text.startsWith('$(', this.#at);
      if (character === '"' || character === '\\' || isSubstitution) cut();
      if (character === '"') {
        this.#at++;
        return parts.join('');
      }
      if (character === '\\') {
        if (this.#text[this.#at + 1] === '\n') this.#line++;
        else parts.push(this.#text[this.#at + 1] ?? '');
        this.#at += 2;
        from = this.#at;
      } else if (isSubstitution) {
        this.#at += character === '`' ? 1 : 2;
        this.list(character === '`' ? '`' : ')');
        parts.push(SUBSTITUTED);
        from = this.#at;
      } else this.#at++;
    }
  }

  #heredoc(): boolean {
    HEREDOC.lastIndex = this.#at;
    const [whole, , marker] = this.#text.startsWith('<<<', this.#at) ? [] : (HEREDOC.exec(this.#text) ?? []);
    if (whole === undefined || marker === undefined) return false;
    this.#at += whole.length;
    this.#heredocs.push(marker);
    return true;
  }

  /** What stands in a heredoc may be a script again (user data of a machine), and may have quotes that are none. */
  #newline(): void {
    this.#at++;
    this.#line++;
    for (const marker of this.#heredocs.splice(0)) {
      const end = this.#endOfHeredoc(marker);
      if (end === undefined) continue;
      const body = this.#text.slice(this.#at, end);
      for (const pipeline of pipelinesOfBody(body, this.#isWanted, this.#line, this.#depth))
        this.found.push(pipeline);
      this.#at = endOfLine(this.#text, end) + 1;
      this.#line += countLines(body) + 1;
    }
  }

  #endOfHeredoc(marker: string): number | undefined {
    for (let at = this.#at; at < this.#text.length; ) {
      const end = endOfLine(this.#text, at);
      if (this.#text.slice(at, end).trim() === marker) return at;
      at = end + 1;
    }
    if (++this.#endless > MAX_ENDLESS) throw new SyntaxError(`line ${this.#line}: heredocs do not end`);
    return undefined;
  }
}

/** A heredoc is any text: what is no script has no commands. */
function pipelinesOfBody(body: string, isWanted: Wanted, line: number, depth: number): Pipeline[] {
  try {
    return readPipelines(body, isWanted, line, depth);
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
