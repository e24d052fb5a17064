/** Ids that are somewhere safe, and how often. */
export class Stored {
  readonly counts = new Map<string, number>()
  /** Of all clicks here: ISO times, which sort as texts. */
  earliest = '~'
  latest = ''

  /** Newline-delimited JSON of stored clicks. */
  addLines(text: string): void {
    for (const line of text.split('\n')) {
      if (line !== '') this.add(JSON.parse(line) as { requestid: string; receivedat?: string })
    }
  }

  add({ requestid, receivedat }: { readonly requestid: string; readonly receivedat?: string | undefined }): void {
    this.counts.set(requestid, (this.counts.get(requestid) ?? 0) + 1)
    if (receivedat === undefined) return
    if (receivedat < this.earliest) this.earliest = receivedat
    if (receivedat > this.latest) this.latest = receivedat
  }

  addAll(other: Stored): void {
    for (const [id, count] of other.counts) this.counts.set(id, (this.counts.get(id) ?? 0) + count)
    if (other.earliest < this.earliest) this.earliest = other.earliest
    if (other.latest > this.latest) this.latest = other.latest
  }

  /** Ids that are there more than once. */
  get duplicated(): number {
    return [...this.counts.values()].filter((count) => count > 1).length
  }
}
