/**
 * Files: what is made from the code, by path from the folder of package.json (pure).
 */
import { ALERTS } from './alerts.ts';
import { BOARDS } from './boards.ts';
import { RECORDS } from './objectives.ts';
import { dashboardOf } from './panel.ts';
import { rulesOf, testsOf, yamlOf } from './rules.ts';

/** Where what to do at an alert is written; the name of the alert is the heading. */
const BOOK = 'grafana/README.md';
const MADE = '# Made from grafana/src by `npm run grafana`.\n';

const PROMETHEUS = 'grafana/prometheus';

export const FILES: ReadonlyMap<string, string> = new Map([
  ...BOARDS.map((board): [string, string] => [
    `grafana/dashboards/${board.name}.json`,
    `${JSON.stringify(dashboardOf(board), undefined, 2)}\n`,
  ]),
  [`${PROMETHEUS}/rules.yml`, MADE + yamlOf(rulesOf(RECORDS, ALERTS, BOOK))],
  [`${PROMETHEUS}/rules.test.yml`, MADE + yamlOf(testsOf(ALERTS, BOOK))],
]);
