import type { Role } from '../example.ts';

/** How a format words its turns. `call` is a role whose content is a tool call. */
export interface TurnStyle {
  roles: ReadonlyMap<string, Role | 'call'>;
  roleKeys: readonly string[];
  contentKeys: readonly string[];
  /** The field that says whether a turn is trained on; the usual ones unless told. */
  weightKeys?: readonly string[];
}
