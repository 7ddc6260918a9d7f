/**
 * Case: one of the protocol's cases, as its JSON file says it. README.md describes every step.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const json = z.record(z.string(), z.unknown());
const count = z.int().min(0);
/** At least and at most, in ms. */
const range = z.tuple([count, count]);

/** Of each step of a client's case exactly one of these, with what else it may say. */
const CLIENT_STEPS = [
  z.strictObject({ write: range, frameMs: count.default(100) }),
  z.strictObject({ app: json }),
  z.strictObject({ open: json, start: json.optional(), lacks: z.array(z.string()).optional() }),
  z.strictObject({ accept: z.strictObject({ afterMs: range, token: z.string() }).partial() }),
  z.strictObject({
    refuse: z.union([count, z.literal('drop')]),
    retryAfter: z.string().optional(),
    afterMs: range.optional(),
    token: z.string().optional(),
  }),
  z.strictObject({ start: json, lacks: z.array(z.string()).optional() }),
  z.strictObject({ say: json, on: z.literal('before').optional() }),
  z.strictObject({ text: z.string() }),
  z.strictObject({ end: z.union([count, z.literal('cut')]) }),
  z.strictObject({ heartbeat: z.literal('off') }),
  z.strictObject({
    audio: range,
    /** Each frame is acknowledged as it comes, with this window. */
    acking: count.optional(),
    passing: z.array(z.string()).optional(),
  }),
  z.strictObject({ message: json, withinMs: count.optional() }),
  z.strictObject({ quiet: count }),
  z.strictObject({ nobody: count }),
  z.strictObject({ told: z.array(json), withinMs: count.optional() }),
] as const;

/** Likewise of a server's case. */
const SERVER_STEPS = [
  z.strictObject({
    connect: json,
    resume: z.union([z.literal('newest'), json]).optional(),
    lacks: z.array(z.string()).optional(),
  }),
  z.strictObject({ open: z.literal('socket') }),
  z.strictObject({ speak: count, frameMs: count.default(100), as: z.literal('base64').optional() }),
  z.strictObject({ hush: count, frameMs: count.default(100) }),
  z.strictObject({ burst: count }),
  z.strictObject({ bytes: count }),
  z.strictObject({ send: json }),
  z.strictObject({ text: z.string() }),
  z.strictObject({ expect: json, withinMs: count.optional() }),
  z.strictObject({ until: z.enum(['received', 'settled']), withinMs: count.optional() }),
  z.strictObject({ settles: count, withinMs: count.optional() }),
  z.strictObject({ acks: count, forMs: count }),
  z.strictObject({ cut: z.literal(true) }),
  z.strictObject({
    closed: count,
    error: z.string().optional(),
    on: z.literal('before').optional(),
    withinMs: count.optional(),
  }),
  z.strictObject({ finished: z.literal(true), withinMs: count.optional() }),
  z.strictObject({ http: z.string(), headers: json.default({}), status: count }),
] as const;

const about = {
  name: z.string(),
  /** Where PROTOCOL.md says so: a heading. */
  see: z.string(),
};
const clientCase = z.strictObject({
  ...about,
  /** What of the tester's commands a client must know for this one. */
  needs: z.array(z.enum(['store', 'token', 'gap', 'finalize', 'network'])).default([]),
  /** What the client is told at its beginning. */
  options: json.default({}),
  steps: z.array(z.union(CLIENT_STEPS)),
});
const serverCase = z.strictObject({ ...about, steps: z.array(z.union(SERVER_STEPS)) });

export type ClientCase = z.output<typeof clientCase>;
export type ClientStep = ClientCase['steps'][number];
export type ServerCase = z.output<typeof serverCase>;
export type ServerStep = ServerCase['steps'][number];
export type Json = z.output<typeof json>;

/** The folder of the kit in the sources: compiled code has no JSON beside it. */
function folder(): string {
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, 'package.json'))) root = dirname(root);
  return join(root, 'test', 'conformance');
}

function read<T>(side: 'client' | 'server', schema: z.ZodType<T>): T[] {
  const files = readdirSync(join(folder(), side)).toSorted();
  return files.flatMap((file) => {
    const path = join(folder(), side, file);
    const parsed = z.array(schema).safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  });
}

export function clientCases(): ClientCase[] {
  return read('client', clientCase);
}

export function serverCases(): ServerCase[] {
  return read('server', serverCase);
}
