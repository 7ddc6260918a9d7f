/**
 * Processes: which test files need one of their own.
 *
 * A file may share its process with others, since no module of ours keeps anything. But what a native
 * module, gRPC, a thread or a child holds may outlive the file that asked for it: whoever loads one,
 * by whatever way of imports, runs alone. So that vitest.config.ts starts quickly, imports are found
 * by pattern here and not as source.ts finds them.
 */
import { posix } from 'node:path';

/** What keeps something beyond the modules of a file. */
const KEEPS =
  /^(?:uWebSockets\.js|sherpa-onnx-node|@grpc\/.*|@google-cloud\/.*|node:child_process|node:worker_threads)$/;

/** What is loaded when the file is; types are not. */
const LOADS =
  /^(?:import|export)\s+(?!type\b)(?:[^'";]*?\bfrom\s+)?'([^']+)'|(?:\bimport|\brequire|\))\(\s*'([^']+)'/gm;

/** Whether the file at `path` loads what keeps something; `read` gives the text of a file. */
export function runsAlone(path: string, read: (path: string) => string): boolean {
  const seen = new Set<string>();
  const ahead = [path];
  for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const loads = Array.from(read(next).matchAll(LOADS), ([, by, called]) => by ?? called ?? '');
    if (loads.some((name) => KEEPS.test(name))) return true;
    const near = loads.filter((name) => name.startsWith('.') && name.endsWith('.ts'));
    const folder = posix.dirname(next);
    ahead.push(...near.map((name) => posix.join(folder, name)));
  }
  return false;
}
