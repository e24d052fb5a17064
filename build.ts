/**
 * Bundles the service into one file, dist/server.mjs, which needs no node_modules; and the tracker for pages that bring
 * their own copy: dist/tracker.js for a script element, dist/tracker.mjs and its types for a bundler.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { build, type Plugin } from 'esbuild'
import ts from 'typescript'
import { bundleForBrowsers } from './service/browser.ts'
import { Click } from './service/click.ts'
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
await writeFile('dist/tracker.d.ts', await declareTracker())

/** The types of the module in one file, which needs neither our sources nor TypeBox: the schema of a click is written out. */
async function declareTracker(): Promise<string> {
  const files = ['types.ts', 'capture.ts', 'tracker.ts']
  const declarations = files.map(async (fileName) => {
    const source = await readFile(new URL(`service/tracker/${fileName}`, import.meta.url), 'utf8')
    const { outputText } = ts.transpileDeclaration(source, { fileName })
    return outputText.replace(/^(import|export) .* from .*;\n|^export type { Click };\n/gm, '')
  })
  return [declareClick(), ...(await Promise.all(declarations))].join('\n')
}

function declareClick(): string {
  const required = new Set<string>(Click.required)
  const fields = Object.entries(Click.properties).map(
    ([name, { type, description }]) =>
      `    /** ${description} */\n    ${name}${required.has(name) ? '' : '?'}: ${type === 'string' ? 'string' : 'Record<string, string>'};\n`,
  )
  return `/** A click as it is sent. */\nexport interface Click {\n${fields.join('')}}\n`
}
