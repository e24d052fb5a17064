/** Who looks, and how much each of them is sent. */
import type { ServerResponse } from 'node:http'
import type { LiveEvents } from './snapshot.ts'

/** Ticks that a viewer may leave unread before it is let go. */
const PATIENCE_TICKS = 60

/** Texts of events, and a revision that changes with each: a viewer gets what it has not seen. */
export type Tick = { readonly [Name in keyof LiveEvents]?: { readonly revision: number; readonly text: string } }

interface Viewer {
  readonly seen: Map<string, number>
  unread: number
}

/**
 * Open event streams. A viewer that has not read its last tick gets no other one, so that nothing piles up for it: each
 * event is a whole state, and the next one stands for those that were left out. Ticks are the heartbeat too.
 */
export class Viewers {
  readonly #viewers = new Map<ServerResponse, Viewer>()

  get count(): number {
    return this.#viewers.size
  }

  /** @param left called when it is gone, whoever ended it */
  add(response: ServerResponse, left: () => void): void {
    this.#viewers.set(response, { seen: new Map(), unread: 0 })
    response.once('close', () => {
      this.#viewers.delete(response)
      left()
    })
  }

  send(tick: Tick): void {
    for (const [response, viewer] of this.#viewers) {
      if (response.writableLength > 0) {
        viewer.unread += 1
        if (viewer.unread > PATIENCE_TICKS) response.destroy()
        continue
      }
      viewer.unread = 0
      let text = ''
      for (const [name, event] of Object.entries(tick)) {
        if (viewer.seen.get(name) === event.revision) continue
        viewer.seen.set(name, event.revision)
        text += event.text
      }
      if (text !== '') response.write(text)
    }
  }

  /** Ends every stream. One that is not read would not end by itself. */
  close(): void {
    for (const response of this.#viewers.keys()) {
      if (response.writableLength > 0) response.destroy()
      else response.end()
    }
  }
}

/** An event as the stream has it. JSON has no line feeds. */
export const eventText = <Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]): string =>
  `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
