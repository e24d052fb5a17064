/** An error as AWS JSON 1.1 carries it: the type and the message are for the caller. */
export class AwsError extends Error {
  readonly type: string
  readonly status: number

  constructor(type: string, message: string, status = 400) {
    super(message)
    this.type = type
    this.status = status
  }
}

/** The value breaks the API's model. */
export const validationError = (message: string) => new AwsError('ValidationException', message)

/** The body, or a member of it, is not of the API's types. */
export const serializationError = (message: string) => new AwsError('SerializationException', message)

/** What Firehose answers when it cannot take a record now: callers try again. */
export const slowDown = () => new AwsError('ServiceUnavailableException', 'Slow down.', 500)
