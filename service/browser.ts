import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/**
 * Bundles code for browsers, types stripped and minified: in the build for the production image, at the start where
 * sources are run. So nobody has to build before `npm start`, and nothing built is kept with the sources.
 *
 * @param entry a TypeScript file
 * @param format `iife` for a classic script, `esm` for a module
 * @throws what is wrong with the code
 */
export function bundleForBrowsers(entry: URL, format: 'iife' | 'esm'): string {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    write: false,
    format,
    platform: 'browser',
    // Three years of browsers.
    target: ['chrome110', 'firefox115', 'safari16.4'],
    minify: true,
    charset: 'utf8',
    logLevel: 'silent',
  })
  return outputFiles[0]?.text ?? ''
}
