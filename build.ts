/** Bundles the service into one file, dist/server.mjs, which needs no node_modules. */
import { build } from 'esbuild'

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
  logLevel: 'info',
})
