"""Words that an engine does not take as a bare name, read by `sql` when it decides whether to quote.

Quoting a word too many is harmless, so SQLite, DuckDB and PostgreSQL share one list; MySQL and MariaDB add theirs.
"""

from __future__ import annotations

_COMMON = """
    add all alter analyse analyze and anti any array as asc asof asymmetric at authorization autoincrement between binary both by case
    cast check collate collation column commit concurrently constraint create cross current_catalog current_date current_role
    current_schema current_time current_timestamp current_user default deferrable delete desc describe distinct do drop else end escape
    except exists false fetch for foreign freeze from full glob grant group having if ilike in index initially inner insert intersect
    into is isnull join lambda lateral leading left like limit localtime localtimestamp natural new not nothing notnull null of off
    offset old on only or order outer over overlaps pivot pivot_longer pivot_wider placing positional primary qualify raise references
    returning right select semi session_user set show similar some summarize symmetric table tablesample then to trailing transaction
    true union unique unpack unpivot update user using values variadic verbose when where window with
"""

_MYSQL = """
    accessible admin asensitive before bigint blob body call cascade change char character condition continue convert cube cume_dist
    cursor database databases day_hour day_microsecond day_minute day_second dec decimal declare delayed dense_rank deterministic
    distinctrow div do_domain_ids double dual each elseif elsif empty enclosed escaped exit explain first_value float float4 float8
    force fulltext function general generated get get_master_public_key goto grouping groups high_priority history hour_microsecond
    hour_minute hour_second ignore ignore_domain_ids ignore_server_ids infile inout insensitive int int1 int2 int3 int4 int8 integer
    interval io_after_gtids io_before_gtids iterate json_table key keys kill lag last_value lead leave linear lines load lock long
    longblob longtext loop low_priority master_bind master_heartbeat_period master_ssl_verify_server_cert match maxvalue mediumblob
    mediumint mediumtext member middleint minute_microsecond minute_second mod modifies no_write_to_binlog nth_value ntile numeric
    optimize optimizer_costs option optionally others out outfile package page_checksum parallel parse_gcol_expr parse_vcol_expr
    partition percent_rank period persist persist_only position precision procedure purge range rank read read_write reads real
    recursive ref_system_id regexp release rename repeat replace require resignal restrict return revoke rlike role row row_number rows
    rowtype schema schemas second_microsecond sensitive separator signal slow smallint spatial specific sql sql_after_gtids
    sql_before_gtids sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl starting stats_auto_recalc
    stats_persistent stats_sample_pages stored straight_join system system_time terminated tinyblob tinyint tinytext trigger undo unlock
    unsigned usage use utc_date utc_time utc_timestamp varbinary varchar varcharacter varying versioning virtual while without write xor
    year_month zerofill
"""

COMMON = frozenset(_COMMON.split())
RESERVED = {
    "sqlite": COMMON,
    "duckdb": COMMON,
    "postgres": COMMON,
    "mysql": COMMON | frozenset(_MYSQL.split()),
}
"""Lower-case reserved words of each dialect."""
