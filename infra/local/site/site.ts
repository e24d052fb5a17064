import type { FastifyInstance } from 'fastify'
import { bundleForBrowsers } from '../../../service/browser.ts'
import { servePage } from '../page.ts'

/** Bundled before there is an app: later it would count as a delay of the event loop. */
const SCRIPT = bundleForBrowsers(new URL('page/main.ts', import.meta.url), 'iife')

/** The demo site at `/`: a catalogue whose profiles send clicks as the older site did, and whose buttons use the tracker. */
export default async function site(app: FastifyInstance) {
  await servePage(app, { files: new URL('public/', import.meta.url), prefix: '/', script: SCRIPT })
}
