"""The functions that a query may call: one list of names per engine and one of sqlglot classes.

A call must be on both: `syntax.py` keeps most calls as written names; calls with keywords inside,
such as EXTRACT(YEAR FROM d), have classes of their own. A function on these lists reads its
arguments only: no files, settings, sessions, locks, sequences, system catalogs or code in strings.
Left out although harmless: functions that make a long value from a short one, unless `bounds.py`
and `sizes.py` limit them.
"""

from __future__ import annotations

from collections.abc import Mapping

_COMMON = """
    abs acos ascii asin atan atan2 avg cast ceil ceiling coalesce concat concat_ws cos count
    cume_dist degrees dense_rank exists exp first_value floor greatest lag last_value lead least
    length ln log log10 lower ltrim max min mod nth_value ntile nullif percent_rank pi pow power
    radians rank replace round row_number rtrim sign sin sqrt substr substring sum tan trim
    upper current_date current_time current_timestamp
"""

_SQLITE = """
    acosh asinh atanh char cosh date datetime format glob group_concat hex ifnull iif instr json
    json_array json_array_length json_extract json_group_array json_group_object json_object
    json_quote json_type json_valid julianday like likelihood likely log2 octet_length printf
    quote random sinh strftime string_agg tanh time timediff total trunc typeof unhex unicode
    unixepoch unlikely bm25 highlight snippet concat concat_ws json_insert json_patch json_remove
    json_replace json_set soundex
"""

_DUCKDB = """
    acosh age any_value approx_count_distinct approx_quantile arg_max arg_min array_agg
    array_append array_concat array_contains array_distinct array_has array_has_all
    array_has_any array_length array_position array_slice array_sort array_to_string asinh atanh
    base64 bit_and bit_count bit_length bit_or bit_xor bool_and bool_or cbrt century char_length
    character_length chr contains corr cosh cot count_if count_star covar_pop covar_samp
    damerau_levenshtein date date_add date_diff date_part date_sub date_trunc datediff datepart
    datesub datetrunc day dayname dayofmonth dayofweek dayofyear decade editdist3 ends_with
    entropy epoch epoch_ms epoch_us even extract favg first flatten format fsum gamma gcd
    generate_series geomean geometric_mean greatest_common_divisor group_concat grouping hamming
    hash hex histogram hour ifnull instr isfinite isinf isnan isodow isoyear jaccard
    jaro_similarity jaro_winkler_similarity json_array_length json_contains json_extract
    json_extract_string json_keys json_type json_valid julian kurtosis last last_day lcase lcm
    least_common_multiple left len levenshtein lgamma list list_concat list_contains list_count
    list_distinct list_extract list_has list_max list_min list_position list_slice list_sort
    list_sum list_unique list_value listagg log2 lpad mad make_date make_time make_timestamp
    max_by md5 mean median microsecond millisecond min_by minute mode month monthname now ord
    percentile_cont percentile_disc position prefix printf product quantile quantile_cont
    quantile_disc quarter random range regexp_extract regexp_extract_all regexp_full_match
    regexp_matches regexp_replace regexp_split_to_array regr_intercept regr_r2 regr_slope repeat
    reverse right row rpad second sem sha256 sinh skewness split split_part starts_with stddev
    stddev_pop stddev_samp str_split str_split_regex strftime string_agg string_split
    string_to_array strip_accents strlen strpos strptime struct_extract suffix tanh time_bucket
    timezone to_base64 to_days to_hours to_minutes to_months to_seconds to_timestamp to_weeks
    to_years today trunc translate try_cast try_strptime typeof ucase unicode unnest var_pop
    var_samp variance week weekday weekofyear xor year yearweek
    bin era fill from_json json json_structure json_transform list_any_value reservoir_quantile
    to_hex
    apply array array_apply array_filter array_transform cardinality element_at if json_array
    json_group_array json_group_object json_object list_append list_apply list_avg
    list_filter list_first list_has_all list_has_any list_intersect list_last list_median
    list_prepend list_reverse list_reverse_sort list_sort list_transform list_zip map
    map_contains map_entries map_extract map_keys map_values nvl regr_count regr_slope skewness
    struct_insert struct_pack sum_no_overflow to_json try
"""

_POSTGRES = """
    acosh age array array_agg array_append array_cat array_length array_lower array_ndims
    array_position array_positions array_prepend array_remove array_replace array_to_json
    array_to_string array_upper asinh atanh bit_and bit_length bit_or bool_and bool_or btrim
    cardinality cbrt char_length character_length chr clock_timestamp corr cosh cot covar_pop
    covar_samp date date_bin date_part date_trunc decode div encode every extract gcd
    generate_series grouping initcap isfinite json_agg json_array_elements
    json_array_elements_text json_array_length json_build_array json_build_object json_each
    json_each_text json_extract_path json_extract_path_text json_object_agg json_object_keys
    json_strip_nulls json_typeof jsonb_agg jsonb_array_elements jsonb_array_elements_text
    jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each jsonb_each_text
    jsonb_extract_path jsonb_extract_path_text jsonb_object_agg jsonb_object_keys
    jsonb_strip_nulls jsonb_typeof justify_days justify_hours justify_interval lcm left
    levenshtein localtime localtimestamp lpad make_date make_interval make_time make_timestamp
    md5 min_scale mode now octet_length overlay percentile_cont percentile_disc position
    quote_literal random regexp_count regexp_instr regexp_like regexp_match regexp_matches
    regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr regr_avgx regr_avgy
    regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy repeat reverse right
    row rpad scale sha256 similarity sinh soundex split_part starts_with statement_timestamp
    stddev stddev_pop stddev_samp string_agg string_to_array string_to_table strpos tanh
    format generate_subscripts int4range int8range daterange isempty json_object jsonb_insert
    jsonb_object jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array
    jsonb_path_query_first jsonb_pretty jsonb_set lower_inc make_timestamptz num_nonnulls
    num_nulls numnode numrange phraseto_tsquery plainto_tsquery range_merge setweight sha224
    sha384 sha512 to_tsquery to_tsvector ts_headline ts_rank ts_rank_cd tsrange tstzrange
    upper_inc websearch_to_tsquery word_similarity
    timezone to_char to_date to_hex to_json to_jsonb to_number to_timestamp
    row_to_json transaction_timestamp translate trim_array trim_scale trunc unaccent unnest
    var_pop var_samp variance width_bucket
"""

_MYSQL = """
    against add_months columns inet_aton json_compact json_detailed json_exists json_insert
    json_merge_patch json_merge_preserve json_pretty json_query json_remove json_replace json_set
    median nvl nvl2 to_char
    adddate addtime any_value bin bit_and bit_count bit_length bit_or bit_xor char char_length
    character_length conv convert convert_tz cot crc32 curdate curtime date date_add date_format
    date_sub datediff day dayname dayofmonth dayofweek dayofyear elt extract field find_in_set
    format from_base64 from_days from_unixtime grouping group_concat hex hour if ifnull
    inet_ntoa instr isnull json_array json_arrayagg json_contains json_contains_path json_depth
    json_extract json_keys json_length json_object json_objectagg json_overlaps json_quote
    json_search json_type json_unquote json_valid json_value last_day lcase left localtime
    localtimestamp locate log2 lpad make_set makedate maketime match md5 microsecond mid minute
    month monthname now oct octet_length ord percentile_cont percentile_disc period_add
    period_diff position quarter quote rand regexp_instr regexp_like regexp_replace
    regexp_substr repeat reverse right rpad sec_to_time second sha sha1 sha2 soundex space std
    stddev stddev_pop stddev_samp str_to_date strcmp subdate substring_index subtime sysdate
    time time_format time_to_sec timediff timestamp timestampadd timestampdiff to_base64 to_days
    to_seconds truncate ucase unhex unix_timestamp utc_date utc_time utc_timestamp var_pop
    var_samp variance week weekday weekofyear year yearweek
"""


def _names(*lists: str) -> frozenset[str]:
    """Split lists of names at white space."""
    return frozenset(" ".join(lists).split())


FUNCTIONS: Mapping[str, frozenset[str]] = {
    "sqlite": _names(_COMMON, _SQLITE),
    "duckdb": _names(_COMMON, _DUCKDB),
    "postgres": _names(_COMMON, _POSTGRES),
    "mysql": _names(_COMMON, _MYSQL),
}
"""Dialect -> functions that may be called, by the name written before the parenthesis."""

RECORDS = frozenset(
    {"json_to_record", "json_to_recordset", "jsonb_to_record", "jsonb_to_recordset"}
)
"""Functions of PostgreSQL behind which a list of columns with types may stand."""
# The columns of json_each and json_tree, but for SQLite's hidden ones (json, root).
_TREE_COLUMNS = ("key", "value", "type", "atom", "id", "parent", "fullkey", "path")

TABLE_FUNCTIONS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "sqlite": {"json_each": _TREE_COLUMNS, "json_tree": _TREE_COLUMNS},
    "duckdb": {
        "unnest": ("unnest",),
        "range": ("range",),
        "generate_series": ("generate_series",),
        "json_each": _TREE_COLUMNS,
        "json_tree": _TREE_COLUMNS,
    },
    "postgres": {
        "unnest": ("unnest",),
        "generate_series": ("generate_series",),
        "json_array_elements": ("value",),
        "json_array_elements_text": ("value",),
        "json_each": ("key", "value"),
        "json_each_text": ("key", "value"),
        "json_object_keys": ("json_object_keys",),
        "jsonb_array_elements": ("value",),
        "jsonb_array_elements_text": ("value",),
        "jsonb_each": ("key", "value"),
        "jsonb_each_text": ("key", "value"),
        "jsonb_object_keys": ("jsonb_object_keys",),
        "jsonb_path_query": ("jsonb_path_query",),
        # Their columns stand behind them, with types.
        **dict.fromkeys(RECORDS, ()),
        "regexp_split_to_table": ("regexp_split_to_table",),
        "string_to_table": ("string_to_table",),
    },
    # Its columns stand inside of it.
    "mysql": {"json_table": ()},
}
"""Dialect -> functions that may stand in FROM -> the names of their columns."""

CLASSES: frozenset[str] = _names("""
    Anonymous CurrentDate CurrentTime CurrentTimestamp Localtime Localtimestamp UtcDate UtcTime
    UtcTimestamp Extract GroupConcat If MatchAgainst Overlay StrPosition Substring Trim
    Unnest ArrayContainedBy ArrayContainsAll ArrayOverlaps
    JSONBContains JSONBContainsAllTopKeys JSONBContainsAnyTopKeys JSONBContainsTopKey
    JSONBExtract JSONBExtractScalar JSONBPathExists JSONExtract JSONExtractScalar RegexpILike
    RegexpLike Exists Pow Xor StartsWith JSONTable
""")
"""sqlglot's classes for calls and operators. `Anonymous` is a call without keywords inside."""
