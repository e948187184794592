// The words that datasets have for who speaks, beside those of chat APIs.
import type { Role } from '../example.ts';
import type { TurnStyle } from './turn.ts';

/** Every role that turn lists are known to use; `call` is a turn whose text is a tool call. */
export const spokenRoles: ReadonlyMap<string, Role | 'call'> = new Map<string, Role | 'call'>([
  ['system', 'system'],
  ['human', 'user'],
  ['gpt', 'assistant'],
  ['function_call', 'call'],
  ['observation', 'tool'],
  ['user', 'user'],
  ['assistant', 'assistant'],
  ['tool', 'tool'],
  ['developer', 'developer'],
  ['chatgpt', 'assistant'],
  ['bing', 'assistant'],
  ['bard', 'assistant'],
  ['bot', 'assistant'],
  ['model', 'assistant'],
  ['tool_call', 'call'],
  ['function-call', 'call'],
  ['tool_response', 'tool'],
  ['function_response', 'tool'],
  ['function-response', 'tool'],
  ['function', 'tool'],
  ['ipython', 'tool'],
]);

/** Turns as from and value or as role and content, with any known role. */
export const spokenTurns: TurnStyle = {
  roles: spokenRoles,
  roleKeys: ['from', 'role'],
  contentKeys: ['value', 'content'],
};
