import { describe, expect, it } from 'vitest';
import { FakeTerminal } from './fake-terminal.ts';

describe('FakeTerminal', () => {
  it('shows of a rewritten line what was written last', () => {
    const terminal = new FakeTerminal(true);
    terminal.write('\rhello\x1b[K');
    terminal.write('\rhi\x1b[K');
    expect(terminal.screen).toEqual(['hi']);
    terminal.write('\r\x1b[Kdone\n');
    expect(terminal.screen).toEqual(['done']);
  });
});
