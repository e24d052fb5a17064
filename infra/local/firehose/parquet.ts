/** Makes a Parquet file of checked rows. */
import { DuckDBInstance } from '@duckdb/node-api'
import type { Column } from '../../pipeline.ts'
import { DUCKDB_TYPES, literal } from '../duckdb.ts'

/** A converter in this process. It has no files of its own. */
export class ParquetWriter {
  readonly #database: DuckDBInstance

  private constructor(database: DuckDBInstance) {
    this.#database = database
  }

  static async create(): Promise<ParquetWriter> {
    // Without this setting row groups are cut by rows alone, and one of many large clicks would not fit in memory:
    // its segment could never be delivered. One thread keeps the rows in order all the same.
    const settings = { memory_limit: '512MB', threads: '1', preserve_insertion_order: 'false', temp_directory: '' }
    return new ParquetWriter(await DuckDBInstance.create(':memory:', settings))
  }

  /**
   * Converts newline-delimited JSON, whose times are `yyyy-MM-dd HH:mm:ss.SSSSSS`, to a Parquet file with the columns
   * in order, compressed with Snappy as Firehose does.
   */
  async convert(ndjson: string, parquet: string, columns: readonly Column[]): Promise<void> {
    const names = columns.map(({ name }) => identifier(name))
    const types = columns.map(({ name, type }) => `${identifier(name)}: ${literal(DUCKDB_TYPES[type])}`)
    const connection = await this.#database.connect()
    try {
      await connection.run(
        `COPY (
           SELECT ${names.join(', ')} FROM read_json(${literal(ndjson)}, columns = {${types.join(', ')}},
             format = 'newline_delimited', timestampformat = '%Y-%m-%d %H:%M:%S.%f')
         ) TO ${literal(parquet)} (FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE_BYTES '32MB')`,
      )
    } finally {
      connection.closeSync()
    }
  }

  close(): void {
    this.#database.closeSync()
  }
}

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`
