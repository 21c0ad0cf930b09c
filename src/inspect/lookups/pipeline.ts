/** Commands that are joined by bars. */
export interface Pipeline {
  /** Where it begins. */
  readonly line: number;
  /** The words of each command. */
  readonly commands: string[][];
}

/** Whether a command is one that is looked for. */
export type Wanted = (words: readonly string[]) => boolean;

/** Gathers words to commands, and commands to pipelines. */
export class PipelineBuilder {
  word = '';
  isInWord = false;
  readonly #found: Pipeline[];
  readonly #isWanted: Wanted;
  #words: string[] = [];
  #commands: string[][] = [];
  #line = 0;

  constructor(found: Pipeline[], isWanted: Wanted) {
    this.#found = found;
    this.#isWanted = isWanted;
  }

  append(text: string, line: number): void {
    if (!this.isInWord && this.#words.length === 0 && this.#commands.length === 0) this.#line = line;
    this.word += text;
    this.isInWord = true;
  }

  endWord(): void {
    if (this.isInWord) this.#words.push(this.word);
    this.word = '';
    this.isInWord = false;
  }

  endCommand(): void {
    this.endWord();
    if (this.#words.length === 0) return;
    this.#commands.push(this.#words);
    this.#words = [];
  }

  /** After a bar the pipeline goes on in the next line. */
  newline(): void {
    this.endWord();
    if (this.#words.length > 0 || this.#commands.length === 0) this.endPipeline();
  }

  endPipeline(): void {
    this.endCommand();
    if (this.#commands.length === 0) return;
    if (this.#commands.some(this.#isWanted)) this.#found.push({ line: this.#line, commands: this.#commands });
    this.#commands = [];
  }
}
