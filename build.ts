/** Bundles the service into one file, dist/server.mjs, which needs no node_modules. */
import { build } from 'esbuild'

await build({
  entryPoints: ['service/server.ts'],
  outfile: 'dist/server.mjs',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minify: true,
  // Names stay: Fastify tells plugins apart by them, and stacks stay readable.
  keepNames: true,
  legalComments: 'linked',
  // Some dependencies are CommonJS and call require, which an ES module does not have.
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'info',
})
