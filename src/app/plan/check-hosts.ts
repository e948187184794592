// `resources.host` of configs: the config folder knows places, the hosts are known here.
import { distinctFindings, finding } from '../../config/finding.ts';
import type { LoadedRun } from '../../config/load.ts';
import { placeOf } from '../../config/source/located.ts';
import { nearest } from '../../config/suggest.ts';
import { UserError } from '../../diagnostics/user-error.ts';
import { hostNames } from '../../hosts/index.ts';

/**
 * `more`: hosts that lorch.yaml names. Throws UserError C001 with each host that does not exist (C033), at its place.
 */
export function checkHosts(
  configs: readonly Pick<LoadedRun, 'config' | 'written'>[],
  more: readonly string[],
): void {
  const names = [...hostNames, ...more];
  const unknown = configs.filter(({ config }) => !names.includes(config.resources.host));
  if (unknown.length === 0) return;
  const findings = distinctFindings(
    unknown.map(({ config: { resources }, written }) => {
      const near = nearest(resources.host, names);
      const hint = near
        ? `did you mean \`${near}\`?`
        : `there are ${names.join(', ')}; \`hosts\` in lorch.yaml names others`;
      const at = placeOf(written, ['resources', 'host']);
      return finding('C033', at, `there is no host \`${resources.host}\``, hint);
    }),
  );
  const problems = findings.length === 1 ? '1 problem' : `${findings.length} problems`;
  throw new UserError('C001', `${problems} in ${findings[0]?.at?.file ?? 'the config'}`, {
    findings,
    exitCode: 2,
  });
}
