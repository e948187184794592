// Finds the command a user typed, loads that one module, runs it, and turns what it throws into an exit code.
import { type Context, processContext } from './context.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { dispatcherWord, tidyWord } from './start-waiting.ts';
import { readVersion } from './version.ts';

/** Runs one command line (`argv` without node and script) and returns the exit code. Never throws. */
export async function main(argv: readonly string[], given?: Context): Promise<ExitCode> {
  const context = given ?? processContext(argv);
  // Scripts ask for the version often, so answer before importing anything.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    context.stdout.write(`${readVersion()}\n`);
    return EXIT.good;
  }
  try {
    // What the shell's completion script asks, with the words typed so far.
    if (argv[0] === 'complete' && argv[1] === '--') {
      const { completeWords } = await import('./completion-tree.ts');
      context.stdout.write(await completeWords(argv.slice(2), context));
      return EXIT.good;
    }
    // The process that starts waiting runs; it must stay small.
    if (argv[0] === dispatcherWord || argv[0] === tidyWord) {
      const { dispatchQueue, tidyUp } = await import('./dispatch-queue.ts');
      return argv[0] === tidyWord ? await tidyUp(context) : await dispatchQueue(context);
    }
    const { runCommand } = await import('./run-command.ts');
    await runCommand(argv, context);
    return context.exitCode;
  } catch (error) {
    const { reportError } = await import('./report-error.ts');
    return await reportError(error, context);
  }
}
