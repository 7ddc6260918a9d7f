/**
 * Attacker: one attack on a server of loopback, in a process of its own, until it is ended.
 *
 *   node attacker.js NAME PORT TOKEN
 *
 * After 60 s it ends by itself.
 */
import type { RawSocket } from '../../test/fakes/raw-socket.ts';
import { ATTACKS } from './attacks.ts';

const MS_MAX = 60_000;
const STEP_MS = 20;

const [name, port, token = ''] = process.argv.slice(2);
const attack = ATTACKS.find((each) => each.name === name);
if (attack === undefined) throw new RangeError(`'${name}' is no attack`);

const sockets: RawSocket[] = [];
const fromMs = performance.now();
let taken = 0;
setInterval(() => {
  const due = ((performance.now() - fromMs) / 1_000) * attack.perSecond;
  // Who falls behind doesn't catch up at once.
  taken = Math.max(taken, due - attack.perSecond / 10);
  for (; taken < due; taken++) attack.step(sockets, Number(port), token);
  for (const gone of sockets.filter(({ isOpen }) => !isOpen))
    sockets.splice(sockets.indexOf(gone), 1);
  while (sockets.length > attack.socketsMax) sockets.shift()?.cut();
}, STEP_MS);
setTimeout(() => process.exit(0), MS_MAX);
process.on('SIGINT', () => process.exit(0));
process.stdout.write('attacking\n');
