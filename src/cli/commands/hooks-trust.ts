import type { TrustLevel } from '../../config';
import { grantTrust, hookNamesIn, removeTrust } from '../../hooks';
import { printable } from '../../output';
import { commandMessages } from '../command-messages';
import { isConfirmed } from '../confirm';
import type { CommandContext } from '../context';
import type { CommandModule, ParsedArguments } from '../spec';
import { findHooksPlace, findTrustOf, surveyHooksOf, trustBookOf } from './hooks-place';

/** `daft hooks trust`, `prompt` and `deny`: the same question with three levels. */
export function settingTrustTo(level: TrustLevel): CommandModule {
  return {
    async run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
      const place = await findHooksPlace(context, parsed.argument('path'));
      const { effective, explicit } = await findTrustOf(place);
      const { projectRoot, commonDir } = place.repository;
      const messages = commandMessages(context, { quiet: false, verbose: 0 });
      messages.info(projectRoot);
      if (level === 'deny' && !explicit && effective.level === 'deny') {
        messages.info('  Not explicitly trusted');
        return 0;
      }
      messages.info(`  Hooks: ${hookNamesIn(await surveyHooksOf(place)).map(printable).join(', ') || 'none'}`);
      if (effective.level === level && effective.mismatch === undefined) {
        messages.info(`  Trust: already at ${level}, nothing to do.`);
        return 0;
      }
      const force = parsed.flag('force');
      const step = `  Trust: ${effective.level} -> ${level}`;
      if (!force && !(await isConfirmed(context, step))) return 0;
      await grantTrust(trustBookOf(place, context, messages), commonDir, level);
      messages.info(force ? step : 'Done.');
      return 0;
    },
  };
}

/** `daft hooks trust reset` */
export async function run(context: CommandContext, parsed: ParsedArguments): Promise<number> {
  const place = await findHooksPlace(context, parsed.argument('path'));
  const { registry } = await findTrustOf(place);
  const { projectRoot, commonDir } = place.repository;
  const trust = registry.repositories.get(commonDir)?.trust;
  const messages = commandMessages(context, { quiet: false, verbose: 0 });
  messages.info(projectRoot);
  if (trust === undefined || trust === null) {
    messages.info('  No explicit trust entry to remove.');
    return 0;
  }
  messages.info(`  Trust: ${trust.level}`);
  const force = parsed.flag('force');
  if (!force && !(await isConfirmed(context, '  Remove trust entry'))) return 0;
  await removeTrust(trustBookOf(place, context, messages), commonDir);
  messages.info(force ? '  Trust entry removed.' : 'Done.');
  return 0;
}
