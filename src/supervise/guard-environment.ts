// What the supervisor of an attempt guards against. It travels in the environment of the job: the numbers are the plan's,
// and a command is only ever the host's own setting.
import type { Host } from '../hosts/host.ts';
import type { Plan } from '../run/plan.ts';

/** The variable that shim.py reads and does not pass on. */
const guardsName = 'LORCH_GUARDS';

/** LORCH_GUARDS of an attempt of this plan on this host. */
export function guardEnvironment(
  host: Pick<Host, 'onDone'>,
  plan: Pick<Plan, 'resources'> | null,
): Record<string, string> {
  const { max_hours, max_cost, price_per_hour, hang_steps, hang_minutes } = plan?.resources ?? {};
  const limits = [
    ...(max_hours ? [{ name: 'max_hours', seconds: max_hours * 3600, max_hours }] : []),
    ...(max_cost && price_per_hour
      ? [{ name: 'max_cost', seconds: (max_cost / price_per_hour) * 3600, max_cost, price_per_hour }]
      : []),
  ];
  const guards = {
    limits,
    hang: hang_steps && hang_minutes ? { factor: hang_steps, floor_s: hang_minutes * 60 } : null,
    ...(host.onDone !== undefined && { on_done: host.onDone }),
  };
  return { [guardsName]: JSON.stringify(guards) };
}
