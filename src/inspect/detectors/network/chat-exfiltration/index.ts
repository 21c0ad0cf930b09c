import type { Tier } from '../../../../core/finding.ts';
import { stringsAround } from '../../../content/program-strings.ts';
import { blankComments } from '../../../content/shell/comments.ts';
import { CREDENTIAL_SOURCE } from '../../../content/shell/credentials.ts';
import { lineOf } from '../../../content/shell/match.ts';
import { isConfiguration, isProgram, type Language, languageOf } from '../../../content/shell/text-role.ts';
import type { Detector, FileView } from '../../../contract.ts';

/*
 * Chat services take anything from anybody who has a bot's token or a webhook, over https, to a host nobody blocks.
 * Libraries and bots name those hosts too, with the token left to the user: what counts is a token written down, or
 * a shell script that posts. A secret read in the same file makes it theft.
 */

const RULE = 'network/chat-exfiltration';
const NEEDLES = ['api.telegram.org', 'discord.com/api/', 'discordapp.com/api/', '/api/webhooks/'];
const CHANNEL =
  /api\.telegram\.org\/(?:file\/)?bot(?:(\d{5,12}:[\w-]{16,60})|["'`\s+.$%{<&]|\\)|(?:canary\.|ptb\.)?discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/(?:(\d{5,22}\/[\w-]{8,100})|[$%{<"'`])/gi;
const TOKEN = /(?<![\w:])\d{8,12}:AA[\w-]{30,40}(?![\w-])|(?<![\w:])\d{8,12}:[\w-]{35}(?![\w-])/;
const DUMPS_ENVIRONMENT =
  /JSON\.stringify\(\s{0,4}process\.env\s{0,4}[),]|(?:dict|str|dumps)\(\s{0,4}(?:dict\(\s{0,4})?os\.environ\s{0,4}[),]|\$\(\s{0,4}(?:env|printenv)\s{0,4}\)|(?:^|[\s;|])(?:env|printenv)\s{0,4}\||\bENV\.to_(?:h|s|json)\b|\/etc\/passwd\b/m;
const LIBRARY = /(?:^|\/)(?:node_modules|site-packages|dist-packages|gems|vendor)\//;

interface ChatSighting {
  readonly tier?: Tier;
  readonly line?: number;
  readonly offset: number;
  readonly text: string;
}

export const chatExfiltration: Detector<ChatSighting> = {
  id: RULE,
  rules: [
    {
      id: RULE,
      tier: 'review',
      title: 'Something posts to a Telegram bot or a Discord webhook',
      remedy: 'Find out whose bot it is and what it is sent. Where secrets are read too, change them.',
      attack: ['T1567', 'T1102'],
      controls: ['DSP-17', 'TVM-06', 'IVS-03'],
      references: [
        'https://attack.mitre.org/techniques/T1567/',
        'https://attack.mitre.org/techniques/T1102/',
      ],
    },
  ],
  examiner: {
    id: RULE,
    version: 4,
    wants: [{ content: ['script', 'text', 'elf', 'pe', 'macho'], needles: NEEDLES }],
    *examine(file) {
      const sighting = isProgram(file.record) ? sightingInProgram(file) : sightingInText(file);
      if (sighting !== undefined) yield sighting;
    },
  },
  *judge(image, seen) {
    for (const { layer, path, observation } of seen) {
      const { tier, line, offset, text } = observation;
      const place = line !== undefined ? { line } : { offset };
      const own = tier !== undefined ? { tier } : {};
      yield { rule: RULE, layer, path, ...place, ...own, evidence: text, yieldsToPackages: true };
    }
    for (const { config, text, layer } of image.commands) {
      const channel = channelIn(text, 'shell', false);
      if (channel === undefined) continue;
      const place = { config, ...(layer !== undefined && { layer }) };
      yield {
        rule: RULE,
        ...place,
        ...(channel.tier !== undefined && { tier: channel.tier }),
        evidence: channel.text,
      };
    }
  },
};

type Channel = Pick<ChatSighting, 'tier' | 'offset' | 'text'>;

function sightingInText(file: FileView): ChatSighting | undefined {
  const language = languageOf(file.record, file.interpreter);
  if (language === undefined && !isConfiguration(file.record)) return undefined;
  const text = blankComments(file.text(), language);
  const channel = channelIn(text, language ?? 'other', LIBRARY.test(file.record.path));
  if (channel === undefined) return undefined;
  return {
    ...channel,
    offset: file.base + channel.offset,
    ...(file.base === 0 && { line: lineOf(text, channel.offset) }),
  };
}

function channelIn(text: string, language: Language, library: boolean): Channel | undefined {
  const written = text.matchAll(CHANNEL).find(isWritten);
  const channel = written ?? text.matchAll(CHANNEL).find(() => true);
  if (channel === undefined) return undefined;
  const place = { offset: channel.index, text: mask(channel[0]) };
  const certain = written !== undefined || TOKEN.test(text) || language === 'shell';
  if (!certain) return library ? undefined : { ...place, tier: 'note' };
  return CREDENTIAL_SOURCE.test(text) || DUMPS_ENVIRONMENT.test(text) ? { ...place, tier: 'block' } : place;
}

/** With the token or hook in it, not left to whoever runs it. */
function isWritten([, bot, hook]: RegExpExecArray): boolean {
  return bot !== undefined || hook !== undefined;
}

/** In programs only a token written down counts. */
function sightingInProgram(file: FileView): ChatSighting | undefined {
  for (const { offset, text } of stringsAround(file, NEEDLES)) {
    const match = text.matchAll(CHANNEL).find(isWritten);
    if (match !== undefined) return { offset: offset + match.index, text: mask(match[0]) };
  }
  return undefined;
}

/** The token is a secret, even if an attacker's. */
function mask(channel: string): string {
  return channel.replace(/(bot\d{1,12}:|webhooks\/\d{1,22}\/).{1,100}/i, '$1***');
}
