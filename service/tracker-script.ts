import { bundleForBrowsers } from './browser.ts'

/**
 * What /tracker.js serves. Bundled when this module is loaded; in the production bundle it is a text in its place
 * (build.ts), since there are neither sources nor a bundler there.
 */
export const trackerScript: string = bundleForBrowsers(new URL('./tracker/script.ts', import.meta.url), 'iife')
