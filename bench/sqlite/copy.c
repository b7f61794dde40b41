// Writes the rows of one database into a new one through SQLite's C interface:
// what the Writer's rows cost without smpptap. Rows are read into memory first
// and do not count.
//
//	copy FROM TO
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "sqlite3.h"

static const char *tables[] = {"captures", "connections", "sessions", "pdus", "tlvs", "parts", "findings", "checks", "messages"};

struct table {
	int cols;
	long n, room;
	sqlite3_value **v;
};

static void check(sqlite3 *db, int rc) {
	if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
		fprintf(stderr, "copy: %s\n", sqlite3_errmsg(db));
		exit(1);
	}
}

static void run(sqlite3 *db, const char *sql) { check(db, sqlite3_exec(db, sql, 0, 0, 0)); }

static double cpu(void) {
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static double wall(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static struct table load(sqlite3 *db, const char *name) {
	struct table t = {0};
	char sql[100];
	sqlite3_stmt *s;
	snprintf(sql, sizeof sql, "SELECT * FROM %s", name);
	check(db, sqlite3_prepare_v2(db, sql, -1, &s, 0));
	t.cols = sqlite3_column_count(s);
	while (sqlite3_step(s) == SQLITE_ROW) {
		if (t.n == t.room)
			t.v = realloc(t.v, (t.room = t.room ? 2 * t.room : 1024) * t.cols * sizeof *t.v);
		for (int i = 0; i < t.cols; i++)
			t.v[t.n * t.cols + i] = sqlite3_value_dup(sqlite3_column_value(s, i));
		t.n++;
	}
	sqlite3_finalize(s);
	return t;
}

static void bind(sqlite3_stmt *s, int i, sqlite3_value *v) {
	switch (sqlite3_value_type(v)) {
	case SQLITE_INTEGER: sqlite3_bind_int64(s, i, sqlite3_value_int64(v)); break;
	case SQLITE_TEXT: sqlite3_bind_text(s, i, (const char *)sqlite3_value_text(v), sqlite3_value_bytes(v), SQLITE_STATIC); break;
	case SQLITE_BLOB: sqlite3_bind_blob(s, i, sqlite3_value_blob(v), sqlite3_value_bytes(v), SQLITE_STATIC); break;
	default: sqlite3_bind_null(s, i);
	}
}

static long store(sqlite3 *db, const char *name, struct table *t) {
	char sql[400];
	sqlite3_stmt *s;
	int n = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (?", name);
	for (int i = 1; i < t->cols; i++)
		n += snprintf(sql + n, sizeof sql - n, ",?");
	snprintf(sql + n, sizeof sql - n, ")");
	check(db, sqlite3_prepare_v2(db, sql, -1, &s, 0));
	run(db, "BEGIN");
	for (long r = 0; r < t->n; r++) {
		for (int i = 0; i < t->cols; i++)
			bind(s, i + 1, t->v[r * t->cols + i]);
		check(db, sqlite3_step(s));
		sqlite3_reset(s);
		if (r % 16384 == 16383)
			run(db, "COMMIT; BEGIN");
	}
	run(db, "COMMIT");
	sqlite3_finalize(s);
	return t->n;
}

// bulk are the indices that are made at the end.
#define BULK "(name LIKE 'pdus\\_%' ESCAPE '\\' OR name LIKE 'tlvs\\_%' ESCAPE '\\' OR name LIKE 'parts\\_%' ESCAPE '\\' OR " \
	"name LIKE 'messages\\_%' ESCAPE '\\' AND name <> 'messages_capture')"

static void schema(sqlite3 *from, sqlite3 *to, const char *which) {
	sqlite3_stmt *s;
	check(from, sqlite3_prepare_v2(from, which, -1, &s, 0));
	while (sqlite3_step(s) == SQLITE_ROW)
		run(to, (const char *)sqlite3_column_text(s, 0));
	sqlite3_finalize(s);
}

int main(int argc, char **argv) {
	sqlite3 *from, *to;
	if (argc != 3)
		return 2;
	check(from, sqlite3_open_v2(argv[1], &from, SQLITE_OPEN_READONLY, 0));
	check(to, sqlite3_open(argv[2], &to));
	struct table t[sizeof tables / sizeof *tables];
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		t[i] = load(from, tables[i]);
	double c = cpu(), w = wall();
	run(to, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536");
	schema(from, to, "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index') AND NOT " BULK " ORDER BY type DESC");
	long rows = 0;
	for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
		rows += store(to, tables[i], &t[i]);
	double ci = cpu() - c;
	schema(from, to, "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND " BULK);
	run(to, "PRAGMA wal_checkpoint(TRUNCATE)");
	sqlite3_close(to);
	c = cpu() - c, w = wall() - w;
	printf("C interface: %ld rows, %.0f rows/s of CPU time (%.2f s, indices at the end %.2f s of it), %.0f rows/s of wall time\n", rows, rows / c, c, c - ci, rows / w);
	return 0;
}
