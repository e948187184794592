// Which field of the rows holds what, if their format has no name: `dataset.format` as a mapping.
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
    answer: optional(
      text,
      "The field of the assistant's text; with `messages` or a prompt that is a list, the answer to them.",
    ),
    reasoning: optional(text, 'The field of what the assistant thought before its answer.'),
    calls: optional(text, 'The field of the tool calls that the assistant answers with.'),
    system: optional(text, 'The field of the system text.'),
    history: optional(text, 'The field of earlier turns, as pairs of user and assistant texts.'),
    messages: optional(
      text,
      'The field of a list of turns, in place of the prompt: also as JSON text, or as a text that a known template wrote.',
    ),
    role: optional(text, 'The field of a turn that says who speaks; `role` or `from` if it is left out.'),
    content: optional(
      text,
      'The field of a turn that holds its text; `content` or `value` if it is left out.',
    ),
    weight: optional(text, 'The field of a turn that says whether it is trained on, as 0 or 1.'),
    roles: optional(
      z.union([z.record(text, z.enum([...chatRoles, 'function_call'])), z.array(z.enum(chatRoles)).min(1)]),
      'What the words of `role` mean, as word: role. Or, if the turns are plain texts, the roles that speak in turn: [user, assistant].',
    ),
    tools: optional(text, 'The field of the list of tools.'),
    chosen: optional(text, 'The field of the preferred answer, of rows that have two.'),
    rejected: optional(
      text,
      'The field of the rejected answer; the chosen one is under `chosen`, or is the answer of the row.',
    ),
  },
  'Which field of the rows holds what.',
);

/** A mapping of fields, with what its keys need of one another. */
export const formatMapping = fields.superRefine((mapping, context) => {
  const report = (key: keyof typeof mapping | null, message: string, hint: string): void => {
    context.addIssue({ code: 'custom', path: key ? [key] : [], message, params: { code: 'C017', hint } });
  };
  const { prompt, input, answer, calls, reasoning, messages, chosen, rejected, roles } = mapping;
  const said = answer ?? calls;
  if (messages !== undefined) {
    for (const key of ['prompt', 'input', 'history'] as const)
      if (mapping[key] !== undefined)
        report(
          key,
          'it cannot be used together with `messages`',
          'map a list of turns, or fields of their own',
        );
  } else {
    const asked = prompt ?? input;
    if ((asked ?? said) !== undefined && rejected === undefined)
      for (const key of ['role', 'content', 'weight', 'roles'] as const)
        if (mapping[key] !== undefined)
          report(key, 'it describes turns, and none are mapped', 'map `messages` to the list of turns');
    if (asked !== undefined && said === undefined && chosen === undefined && rejected === undefined)
      report(
        null,
        'no answer is mapped',
        'map `answer`, or `chosen` and `rejected`; if one field holds the whole conversation, map `messages` to it',
      );
    if (said !== undefined && asked === undefined)
      report(null, 'no prompt is mapped', 'map `prompt` to the field of the user text');
  }
  if (Object.values(mapping).every((value) => value === undefined))
    report(null, 'nothing is mapped', 'map `prompt` and `answer`, or `messages`');
  if (chosen !== undefined && rejected === undefined)
    report('chosen', 'a preference pair has two answers', 'map both `chosen` and `rejected`');
  if (rejected !== undefined && chosen === undefined && said === undefined && messages === undefined)
    report(
      'rejected',
      'a preference pair has two answers',
      'map `chosen`, or the `answer` or `messages` that goes with the rejected answer',
    );
  if (chosen !== undefined && said !== undefined)
    report(
      answer === undefined ? 'calls' : 'answer',
      'it cannot be used together with `chosen`',
      'rows have one answer, or a chosen and a rejected one',
    );
  if (reasoning !== undefined && said === undefined)
    report('reasoning', 'it belongs to an answer, and none is mapped', 'map `answer`');
  if (Array.isArray(roles))
    for (const key of ['role', 'content', 'weight'] as const)
      if (mapping[key] !== undefined)
        report(key, 'turns that are plain texts have no fields', 'write `roles` as word: role');
});

export type FormatMapping = z.output<typeof formatMapping>;
