/**
 * Built: where the build puts what can't be imported.
 *
 * A worker thread, the models and the page's modules are found by path, not by import. That path leads
 * into `dist` also when the sources themselves run, as they do under test.
 */

/** The place of `path` (relative, with `/`) in the folder `dist`. */
export function builtUrl(path: string): URL {
  const here = import.meta.url;
  const dist = here.endsWith('.ts') ? '../dist/' : '../';
  return new URL(path, new URL(dist, here));
}
