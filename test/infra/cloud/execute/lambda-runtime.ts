/** The thread of a function: loads the handler, then answers events. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'

/** What the thread is told. */
export interface RuntimeData {
  /** Where the asset is unpacked. */
  readonly dir: string
  /** As the template has it: `<file without extension>.<export>`. */
  readonly handler: string
}

export type RuntimeMessage =
  | { readonly state: 'ready' }
  | { readonly state: 'answered'; readonly answer: string }
  | { readonly state: 'failed'; readonly message: string }

const { dir, handler } = workerData as RuntimeData
const tell = (message: RuntimeMessage) => parentPort?.postMessage(message)

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
async function load(): Promise<(event: unknown, context: object) => Promise<unknown>> {
  const dot = handler.lastIndexOf('.')
  const [file, name] = [handler.slice(0, dot), handler.slice(dot + 1)]
  const path = ['.mjs', '.js', '.cjs'].map((extension) => join(dir, file + extension)).find((each) => existsSync(each))
  if (path === undefined) throw new Error(`Runtime.ImportModuleError: Cannot find module '${file}'`)
  const exported: unknown = (await import(pathToFileURL(path).href))[name]
  if (typeof exported !== 'function')
    throw new Error(`Runtime.HandlerNotFound: ${handler} is undefined or not exported`)
  return exported as Awaited<ReturnType<typeof load>>
}

try {
  const handle = await load()
  parentPort?.on('message', async (event: string) => {
    try {
      const answer = await handle(JSON.parse(event), {})
      tell({ state: 'answered', answer: JSON.stringify(answer) ?? 'null' })
    } catch (error) {
      tell({ state: 'failed', message: String(error) })
    }
  })
  tell({ state: 'ready' })
} catch (error) {
  tell({ state: 'failed', message: String(error) })
}
