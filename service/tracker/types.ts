import type { Click } from '../click.ts'

export type { Click }

/** What a page says about a click. The tracker adds the rest, and cuts values to what the schema takes. */
export type ClickInput = Pick<Click, 'component'> &
  Partial<Omit<Click, 'requestid' | 'component' | 'attributes'>> & {
    /** Keys become lower case, with `_` for what a key may not have; values become text. At most 20. */
    attributes?: Readonly<Record<string, unknown>>
  }

/** A click that will never be in the lake, and why. */
export interface Rejection {
  readonly click: Click
  readonly reason: string
}

/** What a privacy signal of the browser (Global Privacy Control, Do Not Track) does. */
export type Privacy = 'anonymise' | 'drop' | 'keep'

export interface TrackerOptions {
  /** The site or application that the clicks come from. */
  readonly callerid: string
  /** Base address of Clicklake, such as `https://clicks.example`. */
  readonly endpoint: string
  /** @default 'webpage' */
  readonly type?: string
  /** Who clicks, where that is known from the start. */
  readonly userid?: string
  /** @default 'anonymise' */
  readonly privacy?: Privacy
  /** @default a warning on the console */
  readonly onReject?: (rejection: Rejection) => void
}

/** Nothing of it throws. */
export interface Tracker {
  /** @returns the requestid, or undefined if the click was not taken */
  click(click: ClickInput): string | undefined
  /** Names who clicks from now on; nobody, if undefined. */
  identify(userid: string | undefined): void
  /** Sends what waits. Resolves when it was answered, or has to wait longer. */
  flush(): Promise<void>
  /** Told of each click that is given up. Without it, the console is. */
  onReject?: (rejection: Rejection) => void
}
