/**
 * Words: a file of raw audio that the scripted recognizer hears as words, and a client that reads it.
 */
import { spawn } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import type { Server } from '../../src/command/server.ts';
import { ScriptedRecognizer } from '../fakes/scripted-recognizer.ts';
import { startRig } from '../fakes/server-rig.ts';

const RATE = 16_000;
const WORDS = 20;
/** Of each word, and of the pause after each tenth. */
const WORD_MS = 300;
const PAUSE_MS = 1_000;

/** What a client has to be told. */
export const SAID: string = Array.from({ length: WORDS }, (_, n) => n + 1).join(' ');

/** Writes the audio into the folder; its path. */
export function writeWords(folder: string): string {
  const samples: number[] = [];
  for (let word = 1; word <= WORDS; word++) {
    for (let n = 0; n < (WORD_MS * RATE) / 1_000; n++) samples.push(word);
    const pause = word % 10 === 0 ? (PAUSE_MS * RATE) / 1_000 : 0;
    for (let n = 0; n < pause; n++) samples.push(0);
  }
  const path = join(folder, 'words.raw');
  writeFileSync(path, new Uint8Array(Int16Array.from(samples).buffer));
  return path;
}

/** The real server, with a recognizer that spells what it hears. */
export function startSpelling(): Promise<Server> {
  return startRig({}, {}, new ScriptedRecognizer(systemClock, { spells: 'text' }));
}

/** What a command says, in one line; rejects when it ends badly. */
export function said(command: string, args: readonly string[], input?: string): Promise<string> {
  const from = input === undefined ? 'ignore' : openSync(input, 'r');
  const child = spawn(command, [...args], { stdio: [from, 'pipe', 'pipe'] });
  let out = '';
  let complaints = '';
  child.stdout?.on('data', (text) => {
    out += text;
  });
  child.stderr?.on('data', (text) => {
    complaints += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(out.trim().replaceAll(/\s+/g, ' '));
      else reject(new Error(`${command} ended with ${code}: ${out}${complaints}`));
    });
  });
}
