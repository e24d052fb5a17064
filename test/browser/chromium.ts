/** The system's Chromium: the one in CHROMIUM, or Debian's. */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

export async function launchChromium(): Promise<Browser> {
  const path = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place))
  if (path === undefined) {
    throw new Error('There is no Chromium. Install it (Debian: apt-get install chromium), or name it in CHROMIUM.')
  }
  return chromium.launch({
    executablePath: path,
    // A container's root has no sandbox. The other flags keep the browser from asking hosts of its maker.
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--disable-component-update'],
  })
}
