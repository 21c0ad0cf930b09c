import type { FileView } from '../../../contract.ts';
import { judgeCommand, quoteCommand } from '../command-line.ts';
import { decodeText, xmlTexts } from '../decoded-text.ts';
import { type Told, toldOf } from '../told.ts';

/** What set-up writes over a password it has used, and what clouds write where one will be. */
const NO_PASSWORD = /^(?:\*sensitive\*data\*deleted\*|createatruntimeplaceholder|\{\{.{0,100}\}\}|)$/i;
const PASSWORD = /^(?:administratorpassword|password|domainaccountpassword)$/i;
const LOGON_COMMANDS = /^(?:firstlogoncommands|logoncommands)$/i;
const COMMAND = /^(?:commandline|path)$/i;
const INI_PASSWORD =
  /^\s{0,20}(adminpassword|domainadminpassword|defaultpassword)\s{0,20}=\s{0,20}(\S.{0,200})$/gim;

/** Passwords, masked, and commands of an answer file. */
export function* answersOf(file: FileView, rule: string): Generator<Told> {
  const text = decodeText(file.bytes);
  for (const { name, text: raw, within } of xmlTexts(text)) {
    const value = raw.trim();
    const parent = within.at(-1) ?? '';
    if (isPassword(name, parent)) {
      if (!NO_PASSWORD.test(value))
        yield {
          rule,
          tier: 'review',
          evidence: `${[...within.slice(-2), name].join('/')}: *** (${value.length} characters)`,
        };
    } else if (COMMAND.test(name) && value !== '') yield* command(rule, within, name, value);
  }
  // sysprep.inf, of old
  for (const [, name = '', value = ''] of text.matchAll(INI_PASSWORD))
    if (!/^"?\*?"?\s*$/.test(value))
      yield { rule, tier: 'review', evidence: `${name}: *** (${value.trim().length} characters)` };
}

function isPassword(name: string, parent: string): boolean {
  return PASSWORD.test(name) || (name.toLowerCase() === 'value' && PASSWORD.test(parent));
}

/** At logon: for review, whatever it is. While set-up runs, images of clouds have their agents do things: what is odd only. */
function* command(rule: string, within: readonly string[], name: string, value: string): Generator<Told> {
  if (!within.some((one) => /command/i.test(one))) return;
  const verdict = judgeCommand(value);
  const where = `${within.at(-1)} ${name}`;
  if (verdict !== undefined && verdict.tier !== 'note') yield toldOf(rule, where, value, verdict);
  else if (within.some((one) => LOGON_COMMANDS.test(one)))
    yield { rule, tier: 'review', evidence: `${where}: ${quoteCommand(value)}` };
}
