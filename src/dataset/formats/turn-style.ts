import type { Role } from '../example.ts';

/** The field names and role words of a format's turns. `call` is a role whose content is a tool call. */
export interface TurnStyle {
  roles: ReadonlyMap<string, Role | 'call'>;
  roleKeys: readonly string[];
  contentKeys: readonly string[];
  /** The field that says whether a turn is trained on; by default the usual ones. */
  weightKeys?: readonly string[];
}
