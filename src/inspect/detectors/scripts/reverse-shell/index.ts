import { inOrder } from '../../../content/shell/match.ts';
import {
  findReverseShellCode,
  findReverseShellCommands,
  REVERSE_SHELL_NEEDLES,
} from '../../../content/shell/reverse-shell.ts';
import { isNearExecution } from '../../../content/shell/text-role.ts';
import { toScriptDetector } from '../script-detector.ts';

export const reverseShell = toScriptDetector({
  version: 4,
  history: true,
  needles: REVERSE_SHELL_NEEDLES,
  rule: {
    id: 'scripts/reverse-shell',
    tier: 'block',
    title: 'A script gives a shell to a connection that goes out',
    remedy:
      'Do not run the image. Find the build step that added the script, and treat hosts that ran it as entered.',
    attack: ['T1059.004', 'T1095'],
    controls: ['TVM-06', 'IVS-03'],
    references: [
      'https://attack.mitre.org/techniques/T1059/004/',
      'https://attack.mitre.org/techniques/T1095/',
    ],
  },
  find(text, language) {
    // In another language a command is only words, unless something there starts programs.
    const commands = findReverseShellCommands(text).filter(
      ({ offset }) => language === 'shell' || language === 'other' || isNearExecution(text, offset),
    );
    return inOrder(commands, findReverseShellCode(text));
  },
});
