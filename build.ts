/**
 * Bundles the service into one file, dist/server.mjs, which needs no node_modules; and the tracker for pages that bring
 * their own copy: dist/tracker.js for a script element, dist/tracker.mjs and its types for a bundler.
 */
import { writeFile } from 'node:fs/promises'
import { build, type Plugin } from 'esbuild'
import { bundleForBrowsers } from './service/browser.ts'
import { trackerScript } from './service/tracker-script.ts'

/** The script as a text, where sources would bundle it when they are loaded. */
const inlineTracker: Plugin = {
  name: 'inline-tracker',
  setup({ onLoad }) {
    onLoad({ filter: /\/service\/tracker-script\.ts$/ }, () => ({
      contents: `export const trackerScript = ${JSON.stringify(trackerScript)}`,
    }))
  },
}

await build({
  entryPoints: ['service/server.ts'],
  outfile: 'dist/server.mjs',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // Of packages that come as CommonJS, too, the other half: it bundles smaller, and starts sooner.
  mainFields: ['module', 'main'],
  minifyWhitespace: true,
  minifySyntax: true,
  // Names stay: Fastify tells plugins apart by them, and stacks stay readable. Not by `keepNames`, which defines the
  // name of every closure when it is made: 5 % of the time of a click.
  minifyIdentifiers: false,
  legalComments: 'linked',
  // Some dependencies are CommonJS and call require, which an ES module does not have.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  plugins: [inlineTracker],
  logLevel: 'info',
})

await writeFile('dist/tracker.js', trackerScript)
await writeFile('dist/tracker.mjs', bundleForBrowsers(new URL('service/tracker/tracker.ts', import.meta.url), 'esm'))
