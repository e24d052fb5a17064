import t, { type Test } from 'tap'
import { CREATURES } from '../../../../infra/local/catalogue-data.ts'
import site from '../../../../infra/local/site/site.ts'
import { createApp } from '../../../../service/app.ts'
import { loadConfig } from '../../../../service/config.ts'
import { startFirehoseStub } from '../../../helpers/firehose-stub.ts'

/** The site beside the service, whose own routes and errors it must leave alone. */
async function createTestSite(t: Test) {
  const stub = await startFirehoseStub(t)
  const config = loadConfig({ DELIVERY_STREAM: 'clicks', LOG_LEVEL: 'silent' })
  const app = await createApp(config, { firehose: stub.client() })
  t.teardown(() => app.close())
  await app.register(site)
  await app.ready()
  return app
}

t.test('files – each of its type, under a policy that allows nothing inline and no other host', async (t) => {
  const app = await createTestSite(t)
  for (const [url, type] of [
    ['/', /^text\/html; charset=utf-8/],
    ['/?from=a-friend', /^text\/html/],
    ['/site.css', /^text\/css/],
    ['/main.js', /^text\/javascript/],
    ['/favicon.svg', /^image\/svg\+xml/],
  ] as const) {
    const { statusCode, headers } = await app.inject(url)
    t.equal(statusCode, 200, url)
    t.match(headers['content-type'], type)
    t.equal(
      headers['content-security-policy'],
      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    t.equal(headers['x-content-type-options'], 'nosniff')
    t.equal(headers['cache-control'], 'no-cache')
  }
})

t.test('page – keeps to its own policy', async (t) => {
  const app = await createTestSite(t)
  const { body } = await app.inject('/')
  t.match(body, '<script src="/tracker.js" data-callerid="mysfits" defer></script>')
  t.notMatch(body, /<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/, 'nothing inline')
  t.notMatch(body, /(?:src|href)="(?:https?:)?\/\//, 'no other host')
  t.notMatch((await app.inject('/site.css')).body, /@import|url\(/, 'no other file')
})

t.test('drawings – one of its own for each creature', async (t) => {
  const app = await createTestSite(t)
  const drawings = new Set<string>()
  for (const { name, thumbImageUri, profileImageUri } of CREATURES) {
    for (const uri of new Set([thumbImageUri, profileImageUri])) {
      const { statusCode, headers, body } = await app.inject(uri)
      t.equal(statusCode, 200, uri)
      t.match(headers['content-type'], /^image\/svg\+xml/)
      t.match(body, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 400 400">.*<\/svg>\s*$/s)
      t.match(body, `<title>${name},`, 'it is the drawing of this one')
      drawings.add(body)
    }
  }
  t.equal(drawings.size, CREATURES.length)
})

t.test('unchanged file – 304', async (t) => {
  const app = await createTestSite(t)
  const { headers } = await app.inject('/site.css')
  const again = await app.inject({ url: '/site.css', headers: { 'if-none-match': String(headers.etag) } })
  t.equal(again.statusCode, 304)
})

t.test('other paths and methods – the service’s own errors', async (t) => {
  const app = await createTestSite(t)
  for (const url of [
    '/site.ts',
    '/creatures/m-13.svg',
    '/creatures',
    '/creatures/',
    '/page/main.ts',
    '/..%2fsite.ts',
  ]) {
    const response = await app.inject(url)
    t.equal(response.statusCode, 404, url)
    t.equal(response.json().code, 'CLK_UNKNOWN_ROUTE')
    t.notOk(response.headers['content-security-policy'], 'the headers are the site’s alone')
  }
  for (const [method, url] of [
    ['POST', '/'],
    ['DELETE', '/main.js'],
  ] as const) {
    const response = await app.inject({ method, url })
    t.equal(response.statusCode, 405, `${method} ${url}`)
    t.equal(response.headers.allow, 'GET, HEAD')
  }
})

t.test('OpenAPI – does not tell of the site', async (t) => {
  const app = await createTestSite(t)
  const { paths } = (await app.inject('/docs/json')).json()
  t.ok(paths['/clicks'])
  t.same(
    Object.keys(paths).filter((path) => /^\/(?:$|site|creatures|favicon|index)/.test(path)),
    [],
  )
})
