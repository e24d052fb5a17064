import { hash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import t from 'tap'
import { TRACKER_INTEGRITY, TRACKER_VERSION } from '../../../service/routes/tracker.ts'
import { trackerScript } from '../../../service/tracker-script.ts'
import { createTestApp, ORIGIN } from '../../helpers/app.ts'

/** What a page pays at most. */
const MAX_BYTES = 3072

t.test('docs – name this very script', async (t) => {
  const docs = await readFile('docs/tracker.md', 'utf8')
  const named = [...docs.matchAll(/tracker\.js\?v=(\w+)"|"(sha384-[^"]+)"/g)].map(
    ([, version, value]) => version ?? value,
  )
  t.same(new Set(named), new Set([TRACKER_VERSION, TRACKER_INTEGRITY]))
})

t.test('GET /tracker.js – for every page, for an hour', async (t) => {
  const { app } = await createTestApp(t)
  for (const headers of [{}, ORIGIN, { origin: 'https://foreign.example' }]) {
    const response = await app.inject({ url: '/tracker.js', headers })
    t.equal(response.statusCode, 200)
    t.equal(response.body, trackerScript)
    t.match(response.headers, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'x-content-type-options': 'nosniff',
      vary: 'accept-encoding, origin',
    })
    t.notOk('access-control-allow-credentials' in response.headers)
  }
})

t.test('GET /tracker.js?v= – for ever, if it is the version that is asked for', async (t) => {
  const { app } = await createTestApp(t)
  for (const [version, cached] of [
    [TRACKER_VERSION, 'public, max-age=31536000, immutable'],
    ['0123456789ab', 'public, max-age=3600'],
  ]) {
    const response = await app.inject(`/tracker.js?v=${version}`)
    t.equal(response.headers['cache-control'], cached)
    t.equal(`sha384-${hash('sha384', response.rawPayload, 'base64')}`, TRACKER_INTEGRITY)
  }
})

t.test('GET /tracker.js – small, where the browser takes gzip', async (t) => {
  const { app } = await createTestApp(t)
  const response = await app.inject({ url: '/tracker.js', headers: { 'accept-encoding': 'gzip, br' } })
  t.equal(response.headers['content-encoding'], 'gzip')
  t.equal(gunzipSync(response.rawPayload).toString(), trackerScript)
  const bytes = response.rawPayload.length
  t.ok(bytes <= MAX_BYTES, `${bytes} bytes, of ${MAX_BYTES}`)
})

t.test('GET /tracker.js – not sent again to who has it', async (t) => {
  const { app } = await createTestApp(t)
  const { etag } = (await app.inject('/tracker.js')).headers
  const again = await app.inject({ url: '/tracker.js', headers: { 'if-none-match': `"old", ${etag}` } })
  t.equal(again.statusCode, 304)
  t.equal(again.body, '')
  t.match(again.headers, { etag, 'cache-control': 'public, max-age=3600' })
  const changed = await app.inject({ url: '/tracker.js', headers: { 'if-none-match': '"old"' } })
  t.equal(changed.statusCode, 200)
})

t.test('other methods – are refused', async (t) => {
  const { app } = await createTestApp(t)
  const response = await app.inject({ method: 'POST', url: '/tracker.js', headers: ORIGIN })
  t.equal(response.statusCode, 405)
  t.equal(response.headers.allow, 'GET, HEAD')
  t.equal((await app.inject({ method: 'HEAD', url: '/tracker.js' })).statusCode, 200)
})
