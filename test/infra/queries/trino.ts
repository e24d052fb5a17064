import type { ParseError, TrinoSQL } from 'dt-sql-parser'
import { build } from 'esbuild'

/**
 * Reads SQL by the grammar of Trino, which Athena's engine 3 is made from. What names mean is not checked.
 *
 * @returns the mistakes; none if it is well-formed
 */
export type Validate = (sql: string) => ParseError[]

/** The parser's package is ES modules that import folders, which Node.js does not read: so it is bundled first. */
export async function loadTrino(): Promise<Validate> {
  const { outputFiles } = await build({
    stdin: { contents: "export { TrinoSQL } from 'dt-sql-parser'", resolveDir: import.meta.dirname },
    bundle: true,
    platform: 'node',
    format: 'esm',
    treeShaking: true,
    write: false,
    logLevel: 'silent',
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  const module: { TrinoSQL: typeof TrinoSQL } = await import(`data:text/javascript;base64,${code}`)
  const parser = new module.TrinoSQL()
  return (sql) => parser.validate(sql)
}
