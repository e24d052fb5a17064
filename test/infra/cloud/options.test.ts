import { App } from 'aws-cdk-lib'
import t from 'tap'
import { readOptions } from '../../../infra/cloud/options.ts'
import { ConfigError } from '../../../service/config.ts'

const read = (context: Record<string, unknown>) => readOptions(new App({ context }).node)

t.test('options – defaults', async (t) => {
  t.same(
    { ...read({}), arch: undefined },
    {
      origins: [],
      minTasks: 2,
      maxTasks: 10,
      cpu: 256,
      memory: 512,
      arch: undefined,
      azs: [],
      requestsPerSecond: 2000,
      burst: 4000,
      bufferSeconds: 300,
      retentionDays: 90,
      logDays: 30,
      keepData: true,
      enrichmentUrl: '',
      enrichmentFields: 'goodevil,lawchaos,species',
      ipPolicy: 'truncate',
      gpcPolicy: 'anonymise',
      alarmEmail: '',
    },
  )
  t.equal(read({}).arch, process.arch === 'arm64' ? 'arm64' : 'x86_64', 'images build natively')
})

t.test('options – as the command line gives them, which is text', async (t) => {
  t.match(
    read({
      origins: 'https://a.example, https://b.example',
      azs: 'a,b',
      keepData: 'false',
      minTasks: '3',
      arch: 'arm64',
    }),
    {
      origins: ['https://a.example', 'https://b.example'],
      azs: ['a', 'b'],
      keepData: false,
      minTasks: 3,
      arch: 'arm64',
    },
  )
})

t.test('options – one clear line that names the option', async (t) => {
  const wrong: [Record<string, unknown>, RegExp][] = [
    [{ keepData: 'perhaps' }, /^keepData must be boolean/],
    [{ minTasks: 'x' }, /^minTasks must be integer/],
    [{ minTasks: 5, maxTasks: 4 }, /^maxTasks must be at least minTasks/],
    [{ arch: 'mips' }, /^arch must be one of arm64, x86_64/],
    [{ origins: 'shop.example' }, /^origins has "shop.example"/],
    [{ origins: 'http://localhost:*' }, /^origins has http:\/\/localhost:\*: in the cloud origins are exact/],
    [{ enrichmentUrl: 'https://shop.example/items' }, /^enrichmentUrl must have \{itemid\}/],
    [{ bufferSeconds: 901 }, /^bufferSeconds must be <= 900/],
  ]
  for (const [context, message] of wrong) {
    t.throws(() => read(context), { constructor: ConfigError, message }, JSON.stringify(context))
  }
})
