import type { ImageConfig } from '../../core/image.ts';
import type { ConfigCommand } from '../contract.ts';
import { variableExpansion } from './expand-variables.ts';

/**
 * Every command line a config holds, and for history lines the layer each made.
 * @param onCut called when the environment is too large to be put into all of them
 */
export function commandsOf(config: ImageConfig, onCut: () => void): ConfigCommand[] {
  const expand = variableExpansion(config.env, onCut);
  const commands: ConfigCommand[] = [];
  const start = [...config.entrypoint, ...config.cmd];
  if (start.length > 0) {
    const config_ = config.entrypoint.length > 0 ? 'Entrypoint' : 'Cmd';
    commands.push({ where: 'entrypoint', config: config_, argv: start, text: expand(start.join(' ')) });
  }
  const [kind, ...test] = config.healthcheck;
  if (kind !== undefined && kind !== 'NONE' && test.length > 0) {
    commands.push({ where: 'healthcheck', config: 'Healthcheck', argv: test, text: expand(test.join(' ')) });
  }
  config.onBuild.forEach((line, index) => {
    commands.push({ where: 'onbuild', config: `OnBuild[${index}]`, argv: [line], text: expand(line) });
  });
  let layer = 0;
  config.history.forEach((entry, index) => {
    const text = entry.createdBy;
    const made = entry.emptyLayer ? {} : { layer: layer++ };
    if (text !== '')
      commands.push({ where: 'history', config: `history[${index}]`, argv: [text], text, ...made });
  });
  return commands;
}
