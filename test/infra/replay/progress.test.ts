import { mock } from 'node:test'
import t from 'tap'
import { formatDuration, Progress, report } from '../../../infra/replay/progress.ts'

t.test('progress – objects, clicks, rate, and the time left by bytes', async (t) => {
  let now = 5000
  const progress = new Progress(() => now)
  const objects = [{ size: 100 }, { size: 300 }]
  t.equal(`${progress}`, '0/0 objects, 0 clicks, 0 clicks/s', 'nothing is divided by nothing')
  progress.prepare('listing spill/')
  t.equal(`${progress}`, 'listing spill/')
  now += 60_000
  progress.expect(objects)
  now += 10_000
  progress.clicks(50)
  t.equal(`${progress}`, '0/2 objects, 50 clicks, 5 clicks/s')
  progress.bytes(100)
  progress.object()
  t.equal(`${progress}`, '1/2 objects, 50 clicks, 5 clicks/s, about 30 s left')
  progress.bytes(300)
  progress.object()
  t.equal(`${progress}`, '2/2 objects, 50 clicks, 5 clicks/s, about 0 s left')
})

t.test('progress – durations', async (t) => {
  for (const [seconds, text] of [
    [0.2, '1 s'],
    [59.2, '1 min 00 s'],
    [200, '3 min 20 s'],
    [3600, '1 h 00 min'],
    [7380, '2 h 03 min'],
  ] as const) {
    t.equal(formatDuration(seconds), text)
  }
})

t.test('progress – in place on a terminal, lines of their own in a log', async (t) => {
  let written = ''
  const write = (text: string) => {
    written += text
    return true
  }
  mock.timers.enable({ apis: ['setInterval'] })
  t.teardown(() => mock.timers.reset())
  for (const [isTTY, expected] of [
    [false, '0/0 objects, 0 clicks, 0 clicks/s\nclicklake: hm\n0/0 objects, 0 clicks, 0 clicks/s\n'],
    [
      true,
      `${'\r\x1b[K0/0 objects, 0 clicks, 0 clicks/s'.repeat(10)}\r\x1b[Kclicklake: hm\n\r\x1b[K0/0 objects, 0 clicks, 0 clicks/s\n`,
    ],
  ] as const) {
    written = ''
    const reporter = report(new Progress(() => 0), { isTTY, write })
    mock.timers.tick(10_000)
    reporter.say('hm')
    reporter.end()
    reporter.stop()
    mock.timers.tick(60_000)
    t.equal(written, expected)
  }
})
