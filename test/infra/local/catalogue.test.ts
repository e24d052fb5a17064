import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import catalogue, { Mysfit } from '../../../infra/local/catalogue.ts'

async function createTestCatalogue(t: Test) {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(catalogue)
  return app
}

t.test('GET /mysfits – twelve, each with every field', async (t) => {
  const app = await createTestCatalogue(t)
  const response = await app.inject('/mysfits')
  t.equal(response.statusCode, 200)
  const { mysfits } = response.json<{ mysfits: Mysfit[] }>()
  t.same(
    mysfits.map(({ mysfitId }) => mysfitId),
    ['m-01', 'm-02', 'm-03', 'm-04', 'm-05', 'm-06', 'm-07', 'm-08', 'm-09', 'm-10', 'm-11', 'm-12'],
  )
  t.equal(new Set(mysfits.map(({ name }) => name)).size, 12)
  const validate = TypeBoxValidatorCompiler({ schema: Mysfit, method: '', url: '' })
  for (const mysfit of mysfits) {
    t.ok(validate(mysfit), mysfit.name)
    t.same(Object.keys(mysfit), Object.keys(Mysfit.properties))
  }
})

t.test('GET /mysfits/:id – the one, or 404', async (t) => {
  const app = await createTestCatalogue(t)
  const { mysfits } = (await app.inject('/mysfits')).json()
  for (const mysfit of mysfits) t.same((await app.inject(`/mysfits/${mysfit.mysfitId}`)).json(), mysfit)
  for (const id of ['m-13', 'm-1', '__proto__', '%20']) {
    const response = await app.inject(`/mysfits/${id}`)
    t.equal(response.statusCode, 404)
    t.same(response.json(), {
      statusCode: 404,
      code: 'CLK_UNKNOWN_MYSFIT',
      error: 'Not Found',
      message: `There is no creature ${decodeURIComponent(id)} here.`,
    })
  }
})
