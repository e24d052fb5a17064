import t from 'tap'
import { type ListOptions, listPage } from '../../../../infra/local/s3/list.ts'

const TREE = {
  'a-b': '',
  a: { b: { c: '', 'd.txt': '' }, e: '' },
  a0: '',
  empty: { nothing: {} },
  // UTF-16 has the emoji first, UTF-8 last.
  'z\uFB00': '',
  'z😀': '',
  '.s3': { tmp: { x: '' } },
  '.tmp': { firehose: { x: '' } },
}
const ALL = ['a-b', 'a/b/c', 'a/b/d.txt', 'a/e', 'a0', 'z\uFB00', 'z😀']
const OPTIONS: ListOptions = { prefix: '', delimiter: '', after: '', maxKeys: 1000 }

t.test('listPage – keys in the order of their bytes', async (t) => {
  const dir = t.testdir(TREE)
  const cases: [Partial<ListOptions>, string[], string[]][] = [
    [{}, ALL, []],
    [{ prefix: 'a/' }, ['a/b/c', 'a/b/d.txt', 'a/e'], []],
    [{ prefix: 'a' }, ALL.slice(0, 5), []],
    [{ prefix: 'a/b/d' }, ['a/b/d.txt'], []],
    [{ prefix: '.s3/' }, [], []],
    [{ prefix: '../' }, [], []],
    [{ prefix: 'nothing/at/all' }, [], []],
    [{ after: 'a/b/c' }, ALL.slice(2), []],
    [{ after: 'a/b/' }, ALL.slice(1), []],
    [{ after: 'a/c' }, ALL.slice(3), []],
    [{ delimiter: '/' }, ['a-b', 'a0', 'z\uFB00', 'z😀'], ['a/']],
    [{ delimiter: '/', prefix: 'a/' }, ['a/e'], ['a/b/']],
    [{ delimiter: '/', prefix: 'a' }, ['a-b', 'a0'], ['a/']],
    [{ delimiter: '-' }, ALL.slice(1), ['a-']],
    [{ delimiter: '.t' }, ALL.filter((key) => key !== 'a/b/d.txt'), ['a/b/d.t']],
    [{ maxKeys: 0 }, [], []],
  ]
  for (const [options, keys, commonPrefixes] of cases)
    t.same(
      await listPage(dir, { ...OPTIONS, ...options }),
      { keys, commonPrefixes, next: undefined },
      JSON.stringify(options),
    )
})

t.test('listPage – pages of every size give the same as one', async (t) => {
  const dir = t.testdir(TREE)
  for (const delimiter of ['', '/', '-', '.']) {
    const whole = await listPage(dir, { ...OPTIONS, delimiter })
    for (const maxKeys of [1, 2, 3, 5, 7]) {
      const keys: string[] = []
      const commonPrefixes: string[] = []
      let after: string | undefined = ''
      while (after !== undefined) {
        const page = await listPage(dir, { ...OPTIONS, delimiter, maxKeys, after })
        t.ok(page.keys.length + page.commonPrefixes.length <= maxKeys)
        keys.push(...page.keys)
        commonPrefixes.push(...page.commonPrefixes)
        after = page.next
      }
      t.same({ keys, commonPrefixes, next: undefined }, whole, `${maxKeys} a page, delimiter "${delimiter}"`)
    }
  }
})

t.test('listPage – no folder is no keys', async (t) => {
  t.same((await listPage(`${t.testdir()}/nothing`, OPTIONS)).keys, [])
})
