import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nativeState, packageFolder } from '../../src/edge/listener-native.ts';

const FILE = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;

describe('nativeState()', () => {
  it('knows the binary that was published, and one with a byte more', () => {
    expect(nativeState()).toBe('ok');
    const folder = mkdtempSync(join(tmpdir(), 'earshot-native-'));
    mkdirSync(join(folder, 'binaries'));
    for (const file of ['package.json', join('binaries', FILE)]) {
      cpSync(join(packageFolder(), file), join(folder, file));
    }
    expect(nativeState(folder)).toBe('ok');
    appendFileSync(join(folder, 'binaries', FILE), 'x');
    expect(nativeState(folder)).toBe('altered');
    writeFileSync(join(folder, 'package.json'), '{"version":"20.67.0"}');
    expect(nativeState(folder)).toBe('unknown');
    rmSync(folder, { recursive: true });
  });
});
