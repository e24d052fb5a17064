import t from 'tap'
import { normalize, synthesize } from './synth.ts'

const { storage, ingest } = synthesize({ origins: 'https://shop.example', arch: 'x86_64' })

t.test(
  'templates – as they were when somebody last looked (npm run test:snapshot after a change that is meant)',
  async (t) => {
    t.matchSnapshot(normalize(storage), 'ClicklakeStorage')
    t.matchSnapshot(normalize(ingest), 'ClicklakeIngest')
  },
)
