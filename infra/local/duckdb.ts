/** What the writer and the reader of the lake tell DuckDB alike. */
import type { Column, PARTITION_COLUMNS } from '../pipeline.ts'

/** DuckDB's types for the catalogue's. */
export const DUCKDB_TYPES: Readonly<Record<Column['type'] | (typeof PARTITION_COLUMNS)[number]['type'], string>> = {
  string: 'VARCHAR',
  int: 'INTEGER',
  timestamp: 'TIMESTAMP',
  'map<string,string>': 'MAP(VARCHAR, VARCHAR)',
}

/** A text as SQL writes it. */
export const literal = (value: string) => `'${value.replaceAll("'", "''")}'`
