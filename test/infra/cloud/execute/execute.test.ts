/** The cloud as it would be deployed: the synthesized templates are executed, and both older systems' samples sent. */
import t from 'tap'
import { withCloud } from './cloud.ts'
import { runScenario } from './scenario.ts'
import { synthesizeForTest } from './support.ts'

t.test('cloud – both older systems’ samples, through the synthesized templates', async (t) => {
  const assembly = await synthesizeForTest(t)
  await t.test('deployed', async (t) => {
    await withCloud(assembly.templates, assembly, t.testdir(), async (cloud) => {
      await runScenario(cloud, (name) => t.pass(name))
      const calls = new Set(cloud.permissions.allowed.map(({ role, action }) => `${role.split('/').at(-1)} ${action}`))
      for (const call of calls) t.comment(`allowed: ${call}`)
    })
  })
})
