/** That the execution notices mistakes: each of these in a template must make it fail, and for its own reason. */
import t from 'tap'
import { withCloud } from './cloud.ts'
import { Edit } from './edit.ts'
import { COMPUTE } from './mutations/compute.ts'
import { DELIVERY } from './mutations/delivery.ts'
import { EDGE } from './mutations/edge.ts'
import { FUNCTIONS } from './mutations/functions.ts'
import { INTRINSICS } from './mutations/intrinsics.ts'
import { PERMISSIONS } from './mutations/permissions.ts'
import { runScenario } from './scenario.ts'
import { synthesizeForTest } from './support.ts'

t.test('cloud – a mistake in a template is noticed', async (t) => {
  const assembly = await synthesizeForTest(t)
  t.jobs = 2
  const run = (templates: typeof assembly.templates, dir: string) => withCloud(templates, assembly, dir, runScenario)
  const mutations = { ...EDGE, ...COMPUTE, ...FUNCTIONS, ...DELIVERY, ...PERMISSIONS, ...INTRINSICS }

  await Promise.all([
    t.test('without a mistake nothing fails', { buffered: true }, async (t) => {
      await t.resolves(run(new Edit(assembly.templates).templates, t.testdir()))
    }),
    ...Object.entries(mutations).map(([name, { make, caught }]) =>
      t.test(name, { buffered: true }, async (t) => {
        const edit = new Edit(assembly.templates)
        make(edit)
        const message = await run(edit.templates, t.testdir()).then(
          () => 'nothing',
          (error: Error) => error.message.replaceAll(/\s+/g, ' '),
        )
        t.match(message, caught, `caught by ${JSON.stringify(message.slice(0, 300))}`)
      }),
    ),
  ])
})
