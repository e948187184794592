// Which field of the rows holds what, where their format has no name: `dataset.format` as a mapping.
import { z } from 'zod';
import { optional, section, text } from './field.ts';

export const chatRoles = ['system', 'developer', 'user', 'assistant', 'tool'] as const;

const fields = section(
  {
    prompt: optional(
      text,
      'The field of the user text: a key, a path such as `data.question`, or a JSON pointer.',
    ),
    input: optional(text, 'More of the user text, joined to the prompt by a blank line.'),
    answer: optional(text, "The field of the assistant's text."),
    system: optional(text, 'The field of the system text.'),
    history: optional(text, 'The field of earlier turns, as pairs of user and assistant texts.'),
    messages: optional(text, 'The field of a list of turns, in place of prompt and answer.'),
    role: optional(text, 'The field of a turn that says who speaks; `role` where it is left out.'),
    content: optional(text, 'The field of a turn that holds its text; `content` where it is left out.'),
    weight: optional(text, 'The field of a turn that says whether it is trained on, as 0 or 1.'),
    roles: optional(
      z.union([z.record(text, z.enum([...chatRoles, 'function_call'])), z.array(z.enum(chatRoles)).min(1)]),
      'What the words of `role` mean, as word: role. Or, where the turns are plain texts, the roles that speak in turn: [user, assistant].',
    ),
    tools: optional(text, 'The field of the list of tools.'),
    chosen: optional(text, 'The field of the preferred answer, of rows that have two.'),
    rejected: optional(text, 'The field of the rejected answer.'),
  },
  'Which field of the rows holds what.',
);

/** A mapping of fields, with what its keys need of one another. */
export const formatMapping = fields.superRefine((mapping, context) => {
  const report = (key: keyof typeof mapping | null, message: string, hint: string): void => {
    context.addIssue({ code: 'custom', path: key ? [key] : [], message, params: { code: 'C017', hint } });
  };
  const { prompt, input, answer, messages, chosen, rejected, roles } = mapping;
  const turns = messages ?? chosen ?? rejected;
  if (messages !== undefined) {
    for (const key of ['prompt', 'input', 'answer', 'history'] as const)
      if (mapping[key] !== undefined)
        report(key, 'it cannot stand beside `messages`', 'map a list of turns, or fields of their own');
  } else {
    if (turns === undefined)
      for (const key of ['role', 'content', 'weight', 'roles'] as const)
        if (mapping[key] !== undefined)
          report(key, 'it describes turns, and none are mapped', 'map `messages` to the list of turns');
    if (turns === undefined && answer === undefined)
      report(null, 'no answer is mapped', 'map `answer`, or `messages`, or `chosen` and `rejected`');
    if (answer !== undefined && prompt === undefined && input === undefined)
      report(null, 'no prompt is mapped', 'map `prompt` to the field of the user text');
  }
  const answered = messages !== undefined || answer !== undefined;
  if (chosen === undefined ? rejected !== undefined && !answered : rejected === undefined)
    report(
      chosen === undefined ? 'rejected' : 'chosen',
      'a preference pair has two answers',
      'map both `chosen` and `rejected`, or `rejected` beside `messages` or `answer`',
    );
  else if (chosen !== undefined && answer !== undefined)
    report(
      'answer',
      'it cannot stand beside `chosen`',
      'rows have one answer, or a chosen and a rejected one',
    );
  if (Array.isArray(roles))
    for (const key of ['role', 'content', 'weight'] as const)
      if (mapping[key] !== undefined)
        report(key, 'turns that are plain texts have no fields', 'write `roles` as word: role');
});

export type FormatMapping = z.output<typeof formatMapping>;
