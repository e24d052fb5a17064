/** What a case is: a person's way through pages, in a real Chromium, against the real pipeline of one machine. */
import type { Browser } from 'playwright-core'
import type { Machine } from './machine.ts'

export interface Case {
  readonly name: string
  /** @throws what it expected and did not see */
  run(context: Context): Promise<void>
}

export interface Context {
  readonly browser: Browser
  /** Everything that is started is ended with it. */
  readonly scope: AsyncDisposableStack
  /** The one that cases share which keep apart by `callerid`; started by the first that asks for it. */
  machine(): Promise<Machine>
}
