import { describe, expect, it } from 'vitest';
import type { Version } from '../../../src/speech/google/driver.ts';
import { CLASSES, classOf } from '../../../src/speech/google/faults.ts';
import type { Fault, Rule } from '../../emulator/faults.ts';
import type { CodeName } from '../../emulator/limits.ts';
import { CODE, ENDS, TEXTS, VERSIONS } from '../../emulator/limits.ts';
import { randomOf } from '../../emulator/random.ts';
import { chatter } from '../../emulator/voice.ts';
import { expectBalance, expectEmpty, finished } from '../../fakes/session-end.ts';
import { GoogleSessionRig, said } from './session-rig.ts';

/** Rotates every few seconds. */
const ROTATION = { softMs: 4_000, jitterMs: 0, hardMs: 7_000 };
const SPEECH_MS = 14_000;

const MOMENTS: readonly (readonly [name: string, rule: Omit<Rule, 'what'>])[] = [
  ['opening', { when: { at: 'open' }, which: ({ nth }) => nth === 1 }],
  ['streaming', { when: { at: 'audio', ms: 2_500 }, which: ({ nth }) => nth === 1 }],
  ['opening the stream that takes over', { when: { at: 'open' }, which: ({ nth }) => nth === 2 }],
  ['ending the stream before', { when: { at: 'half-close' }, which: ({ nth }) => nth === 1 }],
  ['finishing', { when: { at: 'half-close' }, which: ({ nth }) => nth >= 3, timesMax: 1 }],
];

const CODES = (Object.keys(CODE) as CodeName[]).filter((code) => code !== 'OK');

/** Every code with its usual text, and the texts that make a difference. */
function faultsOf(
  version: Version,
): (readonly [name: string, fault: Fault, code: number, text: string])[] {
  const ends = ENDS[version];
  return [
    ...CODES.map(
      (code) => [code, { kind: 'status', code } as const, CODE[code], TEXTS[code]] as const,
    ),
    ...(['duration', 'idle', 'pace', 'concurrent', 'starts'] as const).map((limit) => {
      const { code, text } = ends[limit];
      return [`the limit ${limit}`, { kind: 'limit', limit } as const, CODE[code], text] as const;
    }),
    [
      'an oversized chunk',
      { kind: 'status', code: 'INVALID_ARGUMENT', text: OVERSIZED } as const,
      CODE.INVALID_ARGUMENT,
      OVERSIZED,
    ],
  ];
}

function nameOf(code: number): string {
  return CODES.find((name) => CODE[name] === code) ?? '';
}

const OVERSIZED =
  'Audio chunk can be of a a maximum of 25600 bytes. Received audio of 25601 bytes instead.';

describe.each(VERSIONS)('A session on Google %s', (version) => {
  describe.each(faultsOf(version))('that meets %s', (_, what, code, text) => {
    const { kind } = CLASSES[classOf(version, code, text)];

    it.each(MOMENTS)(`when %s, treats it as ${kind}`, async (_, rule) => {
      const rig = new GoogleSessionRig(version, {
        rotation: ROTATION,
        emulator: { faults: [{ what, ...rule }] },
      });
      const phone = rig.start();
      const words = await rig.say(phone, chatter(randomOf(3)), SPEECH_MS);
      const summary = await finished(rig, phone);
      await rig.close();
      const { open, ends } = rig.emulator.report();
      expect(open).toEqual([]);
      expect(ends[nameOf(code)]).toBeGreaterThan(0);
      await expectEmpty(rig);
      const heard = said(phone);
      expect(heard).toEqual(words.slice(0, heard.length));
      if (kind === 'config') {
        expect(phone.closed).toMatchObject({ code: 4507 });
      } else if (kind === 'unavailable') {
        expect(phone.closed).toMatchObject({ code: 4004 });
        expect(rig.google.ready()).toContain('Google');
      } else {
        expect(heard.length).toBeGreaterThanOrEqual(words.length - 1);
        expect(summary?.droppedMs).toEqual({ overrun: 0, upstream: 0 });
        expectBalance(summary);
      }
    });
  });
});
