import { Argument, type Command } from 'commander';
import type { Context } from '../context.ts';

const shells = ['bash', 'zsh', 'fish'];

// The script gets the words from the bash-completion package; without it, bash's own words are close enough.
const bashBefore = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        cword=$COMP_CWORD
        words=("\${COMP_WORDS[@]}")
        cur=\${words[cword]}
        prev=\${words[cword - 1]}
    }
fi
`;

// Offer files if lorch has no words.
const bashAfter = 'complete -o default -F __lorch_complete lorch\n';

/** `lorch completion SHELL` */
export function define(command: Command, context: Context): void {
  command
    .description('The script that lets a shell complete commands, options, runs and files on Tab.')
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  lorch completion bash > ~/.local/share/bash-completion/completions/lorch
  lorch completion zsh > "\${fpath[1]}/_lorch"
  lorch completion fish > ~/.config/fish/completions/lorch.fish
Open a new shell afterwards.
`,
    )
    .action(async (shell: string) => {
      const { RootCommand } = await import('@bomb.sh/tab');
      const { printedBy } = await import('../printed-by.ts');
      const script = printedBy(() => new RootCommand().setup('lorch', 'lorch', shell));
      context.stdout.write(shell === 'bash' ? `${bashBefore}${script}${bashAfter}` : script);
    });
}
